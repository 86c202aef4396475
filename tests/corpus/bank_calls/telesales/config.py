from dataclasses import dataclass, field
from typing import Dict, List


@dataclass
class Config:
    train_path: str = "train.csv"
    score_path: str = "score.csv"
    target: str = "y"
    id_column: str = "id"
    numeric: List[str] = field(default_factory=lambda: ["age", "balance", "campaign"])
    flags: List[str] = field(default_factory=lambda: ["default", "housing"])
    nominal: List[str] = field(default_factory=lambda: ["job", "marital", "month", "poutcome"])
    education_order: Dict[str, int] = field(default_factory=lambda: {"unknown": 0, "primary": 1, "secondary": 2, "tertiary": 3})
    rare_share: float = 0.06
    threshold: float = 0.3
    C: float = 0.5


def load_config(name: str) -> Config:
    known = {"default": {}, "wide": {"rare_share": 0.0, "C": 1.0}}
    return Config(**known[name])
