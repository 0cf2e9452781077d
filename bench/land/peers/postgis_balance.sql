-- The balance at the end of the last year, one connected component at a time. The tables h, r and d are loaded and
-- indexed before; what follows is measured.
\timing on
\echo stage repair
create unlogged table v as
  select 1 k, case when st_isvalid(geom) then geom else st_makevalid(geom) end geom from h
  union all
  select 2, case when st_isvalid(geom) then geom else st_makevalid(geom) end from r;
\echo stage components
create unlogged table c as select st_clusterdbscan(geom, 0, 1) over () c, k, geom from v;
\echo stage union and difference
create unlogged table p as
  select case when r is null then h else st_difference(h, r) end geom
  from (select c, st_union(geom) filter (where k = 1) h, st_union(geom) filter (where k = 2) r from c group by c) u
  where h is not null;
\echo stage districts and areas
create index on p using gist (geom);
analyze p;
create unlogged table result as
  select d.name, sum(st_area((case when st_within(p.geom, d.geom) then p.geom
                              else st_intersection(p.geom, d.geom) end)::geography)) m2
  from p join d on st_intersects(p.geom, d.geom) group by d.name;
