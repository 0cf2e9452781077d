"""The balance at the end of the last year by DuckDB spatial, on two threads.

    duckdb_balance.py FOLDER

Each hazard is cut by all releases that meet it and by all earlier hazards that meet it.
"""

import os
import sys

import duckdb
import duckdb_extension_spatial
from common import LAST_YEAR, Report

STAGES = {
    "read and repair": """
        create table h as select id, if(ST_IsValid(geom), geom, ST_MakeValid(geom)) geom
            from (select id, geom from ST_Read('{folder}/hazards.gpkg'));
        create table r as select if(ST_IsValid(geom), geom, ST_MakeValid(geom)) geom
            from (select geom from ST_Read('{folder}/releases.gpkg'));
        create table d as select name, geom from ST_Read('{folder}/districts.gpkg');
    """,
    # With the order of ids inside the join's condition the join is not spatial, and does not end.
    "joins": """
        create table cutter as select h.id, r.geom from h join r on ST_Intersects(h.geom, r.geom);
        create table pair as select a.id, b.id other, b.geom from h a join h b on ST_Intersects(a.geom, b.geom);
        insert into cutter select id, geom from pair where other < id;
    """,
    "union and difference": """
        create table cut as select id, ST_Union_Agg(geom) geom from cutter group by id;
        create table piece as select if(c.geom is null, h.geom, ST_Difference(h.geom, c.geom)) geom
            from h left join cut c on c.id = h.id;
    """,
    # ST_Area_Spheroid wants latitude first.
    "districts and areas": """
        create table result as select d.name, sum(ST_Area_Spheroid(ST_FlipCoordinates(
            if(ST_Within(p.geom, d.geom), p.geom, ST_Intersection(p.geom, d.geom))))) m2
            from piece p join d on ST_Intersects(p.geom, d.geom) group by d.name;
    """,
}


def main():
    folder = sys.argv[1]
    database = duckdb.connect(config={"threads": 2, "allow_unsigned_extensions": "true"})
    package = os.path.dirname(duckdb_extension_spatial.__file__)
    extension = next(
        os.path.join(at, "spatial.duckdb_extension") for at, _, files in os.walk(package) if "spatial.duckdb_extension" in files
    )
    database.execute(f"LOAD '{extension}'")
    report = Report("duckdb", "balance", folder, duckdb=duckdb.__version__)
    for stage, sql in STAGES.items():
        with report.stage(stage):
            for statement in sql.format(folder=folder).split(";"):
                if statement.strip():
                    database.execute(statement)
    rows = database.execute("select name, m2 from result").fetchall()
    report.stop()
    closing = {str(LAST_YEAR): {"whole": sum(m2 for _, m2 in rows), "districts": dict(rows)}}
    report.print(closing=closing)


main()
