"""What all peers share: the layers, the stopwatch and the report that each prints as JSON."""

import json
import resource
import time
from contextlib import contextmanager

FIRST_YEAR, LAST_YEAR = 2000, 2025
LAYERS = ("hazards", "releases", "districts")


class Report:
    """Wall and processor seconds of each stage. The imports are not counted, which favours the peers."""

    def __init__(self, peer: str, job: str, data: str, **versions: str):
        self.fields = {"peer": peer, "job": job, "data": data, "versions": versions}
        self.stages: dict[str, float] = {}
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    @contextmanager
    def stage(self, name: str):
        started = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - started

    def stop(self) -> None:
        """Ends the measuring; what comes after it is only for the check of agreement."""
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu

    def print(self, **more) -> None:
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        measured = {"wall_s": self.wall, "cpu_s": self.cpu, "peak_mb": peak_mb, "stages": self.stages}
        print(json.dumps(self.fields | measured | more))


def closing_of(years, places, areas) -> dict:
    """Closing areas in m² as `{year: {"whole": m2, "districts": {name: m2}}}`, from rows of years."""
    return {
        str(year): {"whole": float(row.sum()), "districts": dict(zip(places, map(float, row)))}
        for year, row in zip(years, areas)
    }
