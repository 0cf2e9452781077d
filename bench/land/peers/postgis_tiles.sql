-- All tiles of one zoom; m is the layer in web mercator, indexed before. Each tile that a box meets is made.
select count(*), sum(n), sum(length(mvt)) from (
  select distinct x, y
  from m,
    lateral (select 2 ^ :z / 40075016.685578488 per_metre, 20037508.342789244 half) k,
    lateral generate_series(floor((st_xmin(geom) + half) * per_metre)::int, floor((st_xmax(geom) + half) * per_metre)::int) x,
    lateral generate_series(floor((half - st_ymax(geom)) * per_metre)::int, floor((half - st_ymin(geom)) * per_metre)::int) y
) t cross join lateral (
  select st_asmvt(q, 'areas', 4096, 'geom') mvt, count(*) n from (
    select id, kind, year, st_asmvtgeom(m.geom, st_tileenvelope(:z, x, y), 4096, 64, true) geom
    from m where m.geom && st_tileenvelope(:z, x, y, margin => 64.0 / 4096)
  ) q where q.geom is not null
) s where n > 0;
