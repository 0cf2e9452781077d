"""Areas of shapely polygons on WGS84, by three rules."""

import numpy as np
import pyproj
import shapely

A = 6378137.0
F = 1 / 298.257223563
E2 = F * (2 - F)
E = np.sqrt(E2)
TO_EQUAL_AREA = pyproj.Transformer.from_crs("EPSG:4326", "+proj=cea +lat_ts=0 +lon_0=0 +ellps=WGS84", always_xy=True)
GEOD = pyproj.Geod(ellps="WGS84")


def project(geometries):
    """Every vertex moved to the cylindrical equal-area projection; edges become straight there."""
    return shapely.transform(geometries, lambda xy: np.column_stack(TO_EQUAL_AREA.transform(xy[:, 0], xy[:, 1])))


def rings(geometries):
    """Rings, the geometry each belongs to, and +1 for a shell or -1 for a hole. Points and lines have no area."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    while np.isin(shapely.get_type_id(parts), (4, 5, 6, 7)).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    polygon = shapely.get_type_id(parts) == 3
    parts, owner = parts[polygon], owner[polygon]
    found, part = shapely.get_rings(parts, return_index=True)
    sign = np.where(np.diff(part, prepend=-1) > 0, 1.0, -1.0)
    return found, owner[part], sign


def geodesic(geometries):
    """Edges are geodesics: what pyproj and PostGIS measure."""
    found, owner, sign = rings(geometries)
    xy, ring = shapely.get_coordinates(found, return_index=True)
    ends = np.searchsorted(ring, np.arange(len(found) + 1))
    each = np.empty(len(found))
    for index, (start, end) in enumerate(zip(ends[:-1], ends[1:])):
        each[index] = GEOD.polygon_area_perimeter(xy[start:end, 0], xy[start:end, 1])[0]
    return np.bincount(owner, sign * np.abs(each), minlength=len(geometries))


def authalic_y(lat):
    """Height in the equal-area projection, exact (Snyder 1987, 10-15)."""
    sin = np.sin(lat)
    return A * (1 - E2) / 2 * (sin / (1 - E2 * sin * sin) + np.arctanh(E * sin) / E)


GAUSS_AT, GAUSS_WEIGHT = np.polynomial.legendre.leggauss(4)


def straight(geometries):
    """Edges are straight in longitude and latitude, the area is exact: the rule of this project."""
    found, owner, sign = rings(geometries)
    xy, ring = shapely.get_coordinates(found, return_index=True)
    xy = np.radians(xy)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    base = authalic_y(xy[np.searchsorted(ring, np.arange(len(found))), 1])[ring[edge]]
    (west, south), (east, north) = xy[edge].T, xy[edge + 1].T
    height = np.zeros(len(edge))
    for at, weight in zip(GAUSS_AT, GAUSS_WEIGHT):
        lat = south + (at + 1) / 2 * (north - south)
        height += weight / 2 * (authalic_y(lat) - base)
    each = np.bincount(ring[edge], A * (east - west) * height, minlength=len(found))
    return np.bincount(owner, sign * np.abs(each), minlength=len(geometries))


RULES = {"geodesic": geodesic, "equal": shapely.area, "straight": straight}
