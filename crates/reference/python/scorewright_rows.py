"""Runs many rows in few runs, and finds those that the original raises on."""
from scorewright_values import Failure


class Unaligned(Exception):
    """It cannot be told which rows came out."""


def pieces(numbers, part, budget, apart=False):
    """Runs all rows at once; if that raises, halves, down to single rows. What `budget` runs did not reach is given as untested.

    `apart` runs each row alone from the start: right for rows that are expected to raise.
    """
    todo, out = [[row] for row in reversed(numbers)] if apart else [list(numbers)] if len(numbers) else [], []
    while todo:
        rows = todo.pop()
        if budget == 0:
            out.append({"rows": rows, "untested": True})
            continue
        budget -= 1
        try:
            out.append({"rows": rows, **part(rows)})
        except (Failure, Unaligned) as error:
            if len(rows) == 1:
                out.append({"rows": rows, "raised": str(error)})
            else:
                half = len(rows) // 2
                todo += [rows[half:], rows[:half]]
    return out
