"""Reading the hazards: pyogrio_read.py FOLDER raw|shapely|arrow. `raw` and `arrow` copy geometries without parsing them."""

import sys

import pyogrio
import shapely
from common import Report


def main():
    folder, how = sys.argv[1:]
    path = f"{folder}/hazards.gpkg"
    report = Report(f"pyogrio {how}", "read", folder, pyogrio=pyogrio.__version__, gdal=pyogrio.__gdal_version_string__)
    if how == "arrow":
        _, table = pyogrio.raw.read_arrow(path)
        rows = table.num_rows
    else:
        _, _, wkb, _ = pyogrio.raw.read(path)
        rows = len(wkb)
        if how == "shapely":
            shapely.from_wkb(wkb)
    report.stop()
    report.print(rows=rows)


main()
