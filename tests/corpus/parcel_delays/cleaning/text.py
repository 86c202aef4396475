from . import DEPOTS

OTHER = "other"


def tidy(name):
    if not isinstance(name, str):
        return OTHER
    name = name.strip().lower()
    return name if name in DEPOTS else OTHER
