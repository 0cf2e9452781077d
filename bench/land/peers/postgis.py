"""PostGIS on the bench's files: postgis.py FOLDER balance|tiles.

Connects as libpq's environment says (PGHOST, PGPORT, PGUSER): `postgis-server` starts a server of its own for that.
Processor time and memory are those of all processes of that server.
"""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyogrio.raw
from common import LAST_YEAR, Report

HERE = Path(__file__).parent
TICK = os.sysconf("SC_CLK_TCK")
TABLES = {
    "h": ("hazards", {"id": "int", "kind": "text", "date_found": "date"}),
    "r": ("releases", {"release_id": "int"}),
    "d": ("districts", {"name": "text"}),
}


class Server:
    """The server's processes: the first one gathers the processor time of all that ended."""

    def __init__(self):
        folder = psql("-Atc", "show data_directory").strip()
        self.pid = int(psql("-Atc", "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)").strip())
        self.peak_kib, self.watching = 0, True
        self.folder = folder
        threading.Thread(target=self.watch, daemon=True).start()

    def cpu(self) -> float:
        time.sleep(0.2)  # until the processes of the last session are gathered
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / TICK

    def watch(self) -> None:
        while self.watching:
            own, shared = 0, 0
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            for pid in children:
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue  # ended meanwhile
                own += kib(status, "RssAnon")
                shared = max(shared, kib(status, "RssShmem"))
            self.peak_kib = max(self.peak_kib, own + shared)
            time.sleep(0.05)


def kib(status: str, name: str) -> int:
    found = re.search(rf"{name}:\s*(\d+)", status)
    return int(found.group(1)) if found else 0


def psql(*arguments: str, **options) -> str:
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *arguments]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def load(folder: str, tables) -> None:
    for table in tables:
        layer, columns = TABLES[table]
        _, _, wkb, fields = pyogrio.raw.read(f"{folder}/{layer}.gpkg", columns=list(columns))
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        psql("-c", f"drop table if exists {table} cascade; create unlogged table {table} ({typed}, geom geometry)")
        copy = subprocess.Popen(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", f"copy {table} from stdin"], text=True, stdin=subprocess.PIPE
        )
        for shape, *values in zip(wkb, *fields):
            copy.stdin.write("\t".join([*map(str, values), shape.hex()]) + "\n")
        copy.stdin.close()
        if copy.wait():
            raise SystemExit(f"copy into {table} failed")
        psql("-c", f"update {table} set geom = st_setsrid(geom, 4326)", "-c", f"create index on {table} using gist (geom)")
        psql("-c", f"vacuum (full, analyze) {table}")


def main():
    folder, job = sys.argv[1:]
    versions = psql("-Atc", "select postgis_lib_version(), postgis_geos_version(), current_setting('server_version')")
    postgis, geos, postgres = versions.strip().split("|")
    versions = {"postgis": postgis, "geos": geos, "postgresql": postgres.split()[0]}
    started = time.perf_counter()
    load(folder, "hrd" if job == "balance" else "h")
    psql("-c", "drop table if exists v, c, p, result, m")
    if job == "tiles":
        started = time.perf_counter()  # as ours, which is told without the reading
        psql("-c", """create unlogged table m as select id, kind, extract(year from date_found)::int as year,
                      st_transform(geom, 3857) geom from h""")
        psql("-c", "create index on m using gist (geom)", "-c", "vacuum analyze m")
    before_s = time.perf_counter() - started
    server = Server()
    before = server.cpu()
    server.peak_kib = 0
    report = Report("postgis", job, folder, **versions)
    more = balance(report) if job == "balance" else tiles(report)
    report.stop()
    server.watching = False
    report.cpu = server.cpu() - before
    report.print(**more(), before_s=before_s, peak_mb=server.peak_kib * 1024 / 1e6)


def balance(report: Report):
    printed = psql("-f", str(HERE / "postgis_balance.sql"))
    stage = None
    for line in printed.splitlines():
        if line.startswith("stage "):
            stage = line.removeprefix("stage ")
        elif found := re.match(r"Time: ([\d.]+) ms", line):
            report.stages[stage] = report.stages.get(stage, 0.0) + float(found.group(1)) / 1000

    def closing():
        rows = [line.split("|") for line in psql("-Atc", "select name, m2 from result").splitlines()]
        districts = {name: float(m2) for name, m2 in rows}
        return {"closing": {str(LAST_YEAR): {"whole": sum(districts.values()), "districts": districts}}}

    return closing


def tiles(report: Report):
    zooms = {}
    for zoom in range(6, 13):
        with report.stage(f"z{zoom}"):
            printed = psql("-At", "-v", f"z={zoom}", "-f", str(HERE / "postgis_tiles.sql"))
        tiles, features, size = map(int, printed.strip().split("|"))
        zooms[f"z{zoom}"] = {"tiles": tiles, "features": features, "bytes": size}
    return lambda: {"zooms": zooms}


main()
