-- Append-only, held by the database itself. The triggers before INSERT are needed too: INSERT OR REPLACE deletes the old
-- row without firing a DELETE trigger.

CREATE TRIGGER IF NOT EXISTS acts_never_updated BEFORE UPDATE ON acts
BEGIN SELECT RAISE(ABORT, 'an act is never changed; record a new act that corrects it'); END;

CREATE TRIGGER IF NOT EXISTS acts_never_deleted BEFORE DELETE ON acts
BEGIN SELECT RAISE(ABORT, 'an act is never deleted; record a new act that corrects it'); END;

CREATE TRIGGER IF NOT EXISTS acts_only_appended BEFORE INSERT ON acts
WHEN NEW.position IS NOT (SELECT COALESCE(MAX(position) + 1, 0) FROM acts)
  OR EXISTS (SELECT 1 FROM acts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an act is added at the end of the journal, once'); END;

CREATE TRIGGER IF NOT EXISTS blobs_never_updated BEFORE UPDATE ON blobs
BEGIN SELECT RAISE(ABORT, 'a report file is never changed'); END;

CREATE TRIGGER IF NOT EXISTS blobs_never_deleted BEFORE DELETE ON blobs
BEGIN SELECT RAISE(ABORT, 'a report file is never deleted'); END;

CREATE TRIGGER IF NOT EXISTS blobs_only_added BEFORE INSERT ON blobs
WHEN EXISTS (SELECT 1 FROM blobs WHERE sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'a report file is added once'); END;

CREATE TRIGGER IF NOT EXISTS checkpoints_never_updated BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;

CREATE TRIGGER IF NOT EXISTS checkpoints_never_deleted BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;

CREATE TRIGGER IF NOT EXISTS checkpoints_only_appended BEFORE INSERT ON checkpoints
WHEN NEW.size <= (SELECT MAX(size) FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'a checkpoint is added at the end of the journal, once'); END;
