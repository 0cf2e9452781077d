-- The trail is only added to.
CREATE FUNCTION trail_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the trail is never changed or deleted'; END $$;
CREATE TRIGGER trail_never_changed BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION trail_kept();
CREATE TRIGGER trail_never_emptied BEFORE TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION trail_kept();

CREATE FUNCTION trail_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.position IS DISTINCT FROM (SELECT COALESCE(MAX(position), 0) + 1 FROM trail) THEN
    RAISE EXCEPTION 'the trail is only added to, at its end';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trail_only_added BEFORE INSERT ON trail FOR EACH ROW EXECUTE FUNCTION trail_grows();

CREATE FUNCTION trail_end_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.position < OLD.position THEN
    RAISE EXCEPTION 'the trail only grows';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trail_end_only_forward BEFORE UPDATE OR DELETE ON trail_end FOR EACH ROW EXECUTE FUNCTION trail_end_kept();
