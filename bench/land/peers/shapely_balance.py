"""The balance by shapely, one connected component at a time.

    shapely_balance.py FOLDER --dates one|years|events --area geodesic|equal|straight

`one` is the end of the last year; `years` does the overlay again for each of the 26; `events` does it only for the
components in which something happened in that year. `events` with `straight` is the oracle: GEOS makes the overlay in
longitude and latitude, and the pieces are measured by the rule of this project.
"""

import argparse

import areas
import numpy as np
import pyogrio.raw
import pyproj
import scipy
import shapely
from common import FIRST_YEAR, LAST_YEAR, Report, closing_of
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)


def read(path, columns, projected):
    _, _, wkb, fields = pyogrio.raw.read(path, columns=columns)
    shapes = shapely.from_wkb(wkb)
    return (areas.project(shapes) if projected else shapes), fields[0]


def years_of(dates):
    return dates.astype("datetime64[Y]").astype(int) + 1970


def repaired(shapes):
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid])
    return shapes


def components(shapes):
    """The number of the component of each shape."""
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    touching = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(len(shapes), len(shapes)))
    return connected_components(touching, directed=False)[1]


class Layer:
    """Shapes sorted by component and year, so that those of one component up to a year are one slice."""

    def __init__(self, shapes, component, years):
        key = component.astype(np.int64) * 100 + years - FIRST_YEAR
        order = np.argsort(key, kind="stable")
        self.shapes, self.key = shapes[order], key[order]

    def union(self, component, years):
        """The union of each component up to its year; `None` where there is nothing."""
        key = component.astype(np.int64) * 100
        start = np.searchsorted(self.key, key, "left")
        end = np.searchsorted(self.key, key + years - FIRST_YEAR, "right")
        union = np.full(len(key), None, object)
        single = end - start == 1
        union[single] = self.shapes[start[single]]
        for index in np.flatnonzero(end - start > 1):
            union[index] = shapely.union_all(self.shapes[start[index] : end[index]])
        return union


def moments(dates, component, years):
    """Components and years to be overlaid, and the year in which each result is replaced."""
    all_components = np.unique(component)
    if dates == "one":
        last = np.full(len(all_components), LAST_YEAR)
        return all_components, last, last + 1
    if dates == "years":
        moment = np.repeat(YEARS, len(all_components))
        return np.tile(all_components, len(YEARS)), moment, moment + 1
    key = np.unique(component.astype(np.int64) * 100 + years - FIRST_YEAR)
    component, moment = key // 100, key % 100 + FIRST_YEAR
    same = np.append(component[1:] == component[:-1], False)
    return component, moment, np.where(same, np.append(moment[1:], 0), LAST_YEAR + 1)


def by_district(pieces, districts, area):
    """Areas of the pieces in each district: piece, district, m²."""
    piece, district = shapely.STRtree(districts).query(pieces, predicate="intersects")
    shapely.prepare(districts)
    cut = ~shapely.contains_properly(districts[district], pieces[piece])
    parts = pieces[piece]
    parts[cut] = shapely.intersection(parts[cut], districts[district[cut]])
    return piece, district, area(parts)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--dates", choices=("one", "years", "events"), default="one")
    arguments.add_argument("--area", choices=tuple(areas.RULES), default="geodesic")
    given = arguments.parse_args()
    projected, area = given.area == "equal", areas.RULES[given.area]
    versions = {"shapely": shapely.__version__, "geos": shapely.geos_version_string, "pyproj": pyproj.__version__}
    name = f"shapely {given.dates} {given.area}"
    report = Report(name, "balance", given.folder, **versions, scipy=scipy.__version__)

    with report.stage("read"):
        hazards, found = read(f"{given.folder}/hazards.gpkg", ["date_found"], projected)
        releases, released = read(f"{given.folder}/releases.gpkg", ["date"], projected)
        districts, names = read(f"{given.folder}/districts.gpkg", ["name"], projected)
        hazard_years, release_years = years_of(found), years_of(released)
    with report.stage("repair"):
        shapes = repaired(np.concatenate([hazards, releases]))
    with report.stage("components"):
        component = components(shapes)
    count = len(hazards)
    hazard_layer = Layer(shapes[:count], component[:count], hazard_years)
    release_layer = Layer(shapes[count:], component[count:], release_years)
    event_years = np.concatenate([hazard_years, release_years])
    closing = np.zeros((len(YEARS) + 1, len(districts)))
    every, moment, until = moments(given.dates, component, event_years)
    # Year by year, so that the pieces of one year only are in memory; events are few enough to go at once.
    batches = [moment == year for year in YEARS] if given.dates == "years" else [np.ones(len(every), bool)]
    for batch in batches:
        with report.stage("union and difference"):
            pieces = hazard_layer.union(every[batch], moment[batch])
            taken = release_layer.union(every[batch], moment[batch])
            both = shapely.is_geometry(pieces) & shapely.is_geometry(taken)
            pieces[both] = shapely.difference(pieces[both], taken[both])
            kept = np.flatnonzero(shapely.is_geometry(pieces) & ~shapely.is_empty(pieces))
        with report.stage("districts and areas"):
            piece, district, m2 = by_district(pieces[kept], districts, area)
            start, end = moment[batch][kept][piece] - FIRST_YEAR, until[batch][kept][piece] - FIRST_YEAR
            np.add.at(closing, (start, district), m2)
            np.add.at(closing, (end, district), -m2)
    closing = np.cumsum(closing, axis=0)[:-1]
    report.stop()
    rows = slice(-1, None) if given.dates == "one" else slice(None)
    report.print(components=int(component.max()) + 1, closing=closing_of(YEARS[rows], names, closing[rows]))


main()
