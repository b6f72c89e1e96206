"""What the database holds whoever writes: stage and team agree, closed tickets say since when, changes are told.

The guard of history is deferred: at the end of the transaction a ticket whose state changed must have a history entry
written in that same transaction. Rows of subtransactions carry a later transaction id than their parent's, hence `>=`.
"""

from django.db import migrations

GUARDS = """
ALTER TABLE helpdesk_ticket ADD CONSTRAINT a_stage_is_one_of_the_tickets_team
    FOREIGN KEY (stage_id, team_id) REFERENCES helpdesk_stage (id, team_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION helpdesk_closed_means_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stage_kind text;
BEGIN
    SELECT kind INTO stage_kind FROM helpdesk_stage WHERE id = NEW.stage_id;
    IF (stage_kind = 'closed') <> (NEW.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'ticket % stands in a stage of kind % and says closed_at %', NEW.number, stage_kind, NEW.closed_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_means_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_means_closed BEFORE INSERT OR UPDATE OF stage_id, closed_at ON helpdesk_ticket
    FOR EACH ROW EXECUTE FUNCTION helpdesk_closed_means_closed();

CREATE FUNCTION helpdesk_stage_keeps_its_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM helpdesk_ticket WHERE stage_id = OLD.id) THEN
        RAISE EXCEPTION 'tickets stand in stage %', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'a_stage_in_use_stays_open_or_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_stage_in_use_stays_open_or_closed BEFORE UPDATE OF kind ON helpdesk_stage
    FOR EACH ROW WHEN ((OLD.kind = 'closed') <> (NEW.kind = 'closed')) EXECUTE FUNCTION helpdesk_stage_keeps_its_kind();

CREATE FUNCTION helpdesk_changes_are_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM conversation_entry
        WHERE thread_id = NEW.thread_id AND kind = 'history'
            AND xmin::text::bigint >= pg_current_xact_id()::text::bigint % 4294967296
    ) THEN
        RAISE EXCEPTION 'ticket % changed its state without a line of history', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_of_state_is_told';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER a_change_of_state_is_told AFTER UPDATE OF stage_id, team_id, assignee_id, closed_at ON helpdesk_ticket
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.stage_id, OLD.team_id, OLD.assignee_id) IS DISTINCT FROM (NEW.stage_id, NEW.team_id, NEW.assignee_id))
    EXECUTE FUNCTION helpdesk_changes_are_told();

CREATE FUNCTION helpdesk_remedies_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a remedy keeps its ticket, its service and who gave it' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER a_remedy_keeps_its_ticket BEFORE UPDATE OF ticket_id, service, by_id, at OR DELETE ON helpdesk_remedy
    FOR EACH ROW EXECUTE FUNCTION helpdesk_remedies_stay();
"""

UNGUARD = """
DROP TRIGGER a_remedy_keeps_its_ticket ON helpdesk_remedy;
DROP FUNCTION helpdesk_remedies_stay();
DROP TRIGGER a_change_of_state_is_told ON helpdesk_ticket;
DROP FUNCTION helpdesk_changes_are_told();
DROP TRIGGER a_stage_in_use_stays_open_or_closed ON helpdesk_stage;
DROP FUNCTION helpdesk_stage_keeps_its_kind();
DROP TRIGGER closed_means_closed ON helpdesk_ticket;
DROP FUNCTION helpdesk_closed_means_closed();
ALTER TABLE helpdesk_ticket DROP CONSTRAINT a_stage_is_one_of_the_tickets_team;
"""


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0001_initial"), ("conversation", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS, UNGUARD)]
