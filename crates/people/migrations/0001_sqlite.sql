-- The trail is only added to. The trigger before INSERT is needed too: INSERT OR REPLACE deletes without a DELETE trigger.
CREATE TRIGGER trail_never_updated BEFORE UPDATE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END;
CREATE TRIGGER trail_never_deleted BEFORE DELETE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is never deleted'); END;
CREATE TRIGGER trail_only_added BEFORE INSERT ON trail
WHEN NEW.position IS NOT (SELECT COALESCE(MAX(position), 0) + 1 FROM trail)
BEGIN SELECT RAISE(ABORT, 'the trail is only added to, at its end'); END;
CREATE TRIGGER trail_end_only_forward BEFORE UPDATE ON trail_end
WHEN NEW.position < OLD.position
BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END;
CREATE TRIGGER trail_end_never_deleted BEFORE DELETE ON trail_end
BEGIN SELECT RAISE(ABORT, 'the trail is never deleted'); END;
