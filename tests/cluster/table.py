"""What was planned and what was seen, row by row, as it happens and as a table at the end."""

import dataclasses
import threading


@dataclasses.dataclass
class Row:
    phase: str
    what: str
    planned: str
    seen: str
    seconds: float | None
    holds: bool

    def cells(self) -> list[str]:
        after = "" if self.seconds is None else f"{self.seconds:.0f} s"
        is_long = len(self.seen) > 24 and self.seen == self.planned
        seen = "as planned" if is_long else self.seen
        return [self.phase, self.what, self.planned, seen if self.holds else f"**{seen}**", after]


class Table:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.lock = threading.Lock()

    def add(self, row: Row) -> bool:
        with self.lock:
            self.rows.append(row)
            after = "" if row.seconds is None else f" after {row.seconds:.0f} s"
            held = "ok    " if row.holds else "FAILED"
            print(f"{held} {row.phase}: {row.what}: planned {row.planned}, seen {row.seen}{after}", flush=True)
        return row.holds

    def failed(self) -> list[Row]:
        return [row for row in self.rows if not row.holds]

    def markdown(self, order: list[str]) -> str:
        rows = sorted(self.rows, key=lambda row: order.index(row.phase))
        lines = ["| phase | what | planned | seen | after |", "|---|---|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |" for row in rows]
        return "\n".join(lines) + "\n"
