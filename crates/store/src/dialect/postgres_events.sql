CREATE FUNCTION refuse_to_lose_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events are never deleted'; END $$;
CREATE TRIGGER events_stay BEFORE DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_lose_events();
CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events are never changed, but for what is personal, which may be erased'; END $$;
CREATE TRIGGER events_keep BEFORE UPDATE ON events FOR EACH ROW
WHEN (NOT (
    NEW.seq IS NOT DISTINCT FROM OLD.seq
    AND NEW.workspace IS NOT DISTINCT FROM OLD.workspace
    AND NEW.happened_at IS NOT DISTINCT FROM OLD.happened_at
    AND NEW.kind IS NOT DISTINCT FROM OLD.kind
    AND NEW.subject_type IS NOT DISTINCT FROM OLD.subject_type
    AND NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id
    AND NEW.model IS NOT DISTINCT FROM OLD.model
    AND NEW.job IS NOT DISTINCT FROM OLD.job
    AND NEW.user_id IS NOT DISTINCT FROM OLD.user_id
    AND NEW.source IS NOT DISTINCT FROM OLD.source
    AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id
    AND NEW.chain_number IS NOT DISTINCT FROM OLD.chain_number
    AND NEW.chain_hash IS NOT DISTINCT FROM OLD.chain_hash
    AND NEW.actor_digest IS NOT DISTINCT FROM OLD.actor_digest
    AND NEW.origin_digest IS NOT DISTINCT FROM OLD.origin_digest
    AND NEW.data_digest IS NOT DISTINCT FROM OLD.data_digest
    AND (NEW.actor IS NOT DISTINCT FROM OLD.actor AND NEW.actor_salt IS NOT DISTINCT FROM OLD.actor_salt
        OR NEW.actor = '(erased)' AND NEW.actor_salt IS NULL)
    AND (NEW.ip IS NOT DISTINCT FROM OLD.ip AND NEW.user_agent IS NOT DISTINCT FROM OLD.user_agent AND NEW.origin_salt IS NOT DISTINCT FROM OLD.origin_salt
        OR NEW.ip IS NULL AND NEW.user_agent IS NULL AND NEW.origin_salt IS NULL)
    AND (NEW.data IS NOT DISTINCT FROM OLD.data AND NEW.data_salt IS NOT DISTINCT FROM OLD.data_salt
        OR NEW.data = '{"erased":true}' AND NEW.data_salt IS NULL AND OLD.subject_type IN ('user', 'token'))))
EXECUTE FUNCTION refuse_to_change_events();
