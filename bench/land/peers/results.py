"""The results of a run: one JSON file for each measurement."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass
class Result:
    """All runs of one peer at one job on one set of data."""

    set: str
    job: str
    peer: str
    runs: list[dict]

    @property
    def failed(self) -> str | None:
        return next((run["failed"] for run in self.runs if "failed" in run), None)

    def median(self, field: str) -> float:
        return median(run[field] for run in self.runs)

    def most(self, field: str) -> float:
        return max(run[field] for run in self.runs)

    @property
    def first(self) -> dict:
        return self.runs[0]


def load(folder: str) -> list[Result]:
    found: dict[tuple, list[dict]] = {}
    for path in sorted(Path(folder).glob("*/*/*.json")):
        run = json.loads(path.read_text())
        found.setdefault((run["set"], run["job"], run["peer"]), []).append(run)
    return [Result(*key, runs) for key, runs in found.items()]
