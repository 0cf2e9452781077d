-- Append-only, held by the database itself: the same rules and the same words as sqlite/append_only.sql. TRUNCATE has a
-- trigger of its own, for it fires no other.

CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE OR REPLACE FUNCTION acts_only_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position IS DISTINCT FROM (SELECT COALESCE(MAX(position) + 1, 0) FROM acts)
        OR EXISTS (SELECT 1 FROM acts WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'an act is added at the end of the journal, once';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION blobs_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM blobs WHERE sha256 = NEW.sha256) THEN
        RAISE EXCEPTION 'a report file is added once';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION checkpoints_only_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= (SELECT MAX(size) FROM checkpoints) THEN
        RAISE EXCEPTION 'a checkpoint is added at the end of the journal, once';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER acts_never_updated BEFORE UPDATE ON acts FOR EACH ROW
EXECUTE FUNCTION refuse('an act is never changed; record a new act that corrects it');

CREATE OR REPLACE TRIGGER acts_never_deleted BEFORE DELETE ON acts FOR EACH ROW
EXECUTE FUNCTION refuse('an act is never deleted; record a new act that corrects it');

CREATE OR REPLACE TRIGGER acts_never_emptied BEFORE TRUNCATE ON acts FOR EACH STATEMENT
EXECUTE FUNCTION refuse('an act is never deleted; record a new act that corrects it');

CREATE OR REPLACE TRIGGER acts_only_appended BEFORE INSERT ON acts FOR EACH ROW
EXECUTE FUNCTION acts_only_appended();

CREATE OR REPLACE TRIGGER blobs_never_updated BEFORE UPDATE ON blobs FOR EACH ROW
EXECUTE FUNCTION refuse('a report file is never changed');

CREATE OR REPLACE TRIGGER blobs_never_deleted BEFORE DELETE ON blobs FOR EACH ROW
EXECUTE FUNCTION refuse('a report file is never deleted');

CREATE OR REPLACE TRIGGER blobs_never_emptied BEFORE TRUNCATE ON blobs FOR EACH STATEMENT
EXECUTE FUNCTION refuse('a report file is never deleted');

CREATE OR REPLACE TRIGGER blobs_only_added BEFORE INSERT ON blobs FOR EACH ROW
EXECUTE FUNCTION blobs_only_added();

CREATE OR REPLACE TRIGGER checkpoints_never_updated BEFORE UPDATE ON checkpoints FOR EACH ROW
EXECUTE FUNCTION refuse('a checkpoint is never changed');

CREATE OR REPLACE TRIGGER checkpoints_never_deleted BEFORE DELETE ON checkpoints FOR EACH ROW
EXECUTE FUNCTION refuse('a checkpoint is never deleted');

CREATE OR REPLACE TRIGGER checkpoints_never_emptied BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT
EXECUTE FUNCTION refuse('a checkpoint is never deleted');

CREATE OR REPLACE TRIGGER checkpoints_only_appended BEFORE INSERT ON checkpoints FOR EACH ROW
EXECUTE FUNCTION checkpoints_only_appended();
