"""The chart of accounts, and the database's own word on the books: balanced, append-only.

TRUNCATE is refused too, but not in a test database, which is emptied that way.
"""

from django.db import migrations

from nazorg.ledger.chart import make_chart

GUARD = """
CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the books are append-only: post a reversal instead (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER lines_stay BEFORE UPDATE OR DELETE ON ledger_line FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER lines_are_not_emptied BEFORE TRUNCATE ON ledger_line FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER items_stay BEFORE DELETE ON ledger_openitem FOR EACH ROW EXECUTE FUNCTION ledger_stays();
CREATE TRIGGER matches_stay BEFORE DELETE ON ledger_match FOR EACH ROW EXECUTE FUNCTION ledger_stays();

-- Judged at the end of the transaction, when all lines of an entry are there.
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    rest numeric;
BEGIN
    SELECT sum(amount) INTO rest FROM ledger_line WHERE entry_id = NEW.entry_id AND currency = NEW.currency;
    IF rest <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance: % % is left over', NEW.entry_id, rest, NEW.currency USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER an_entry_balances AFTER INSERT ON ledger_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

-- What an item or a match was about never changes; how much is left of it does.
CREATE FUNCTION ledger_item_keeps_its_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.party_id, NEW.currency, NEW.amount) IS DISTINCT FROM (OLD.id, OLD.party_id, OLD.currency, OLD.amount) THEN
        RAISE EXCEPTION 'an open item keeps its amount; only what is left of it changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER an_item_keeps_its_facts BEFORE UPDATE ON ledger_openitem FOR EACH ROW EXECUTE FUNCTION ledger_item_keeps_its_facts();

CREATE FUNCTION ledger_match_keeps_its_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.undone_at IS NOT NULL
       OR (NEW.id, NEW.debit_id, NEW.credit_id, NEW.amount, NEW.at, NEW.by_id) IS DISTINCT FROM (OLD.id, OLD.debit_id, OLD.credit_id, OLD.amount, OLD.at, OLD.by_id) THEN
        RAISE EXCEPTION 'a match is undone once and never changed otherwise' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_match_keeps_its_facts BEFORE UPDATE ON ledger_match FOR EACH ROW EXECUTE FUNCTION ledger_match_keeps_its_facts();
"""

UNGUARD = """
DROP TRIGGER entries_stay ON ledger_entry;
DROP TRIGGER entries_are_not_emptied ON ledger_entry;
DROP TRIGGER lines_stay ON ledger_line;
DROP TRIGGER lines_are_not_emptied ON ledger_line;
DROP TRIGGER items_stay ON ledger_openitem;
DROP TRIGGER matches_stay ON ledger_match;
DROP TRIGGER an_entry_balances ON ledger_line;
DROP TRIGGER an_item_keeps_its_facts ON ledger_openitem;
DROP TRIGGER a_match_keeps_its_facts ON ledger_match;
DROP FUNCTION ledger_stays();
DROP FUNCTION ledger_entry_balances();
DROP FUNCTION ledger_item_keeps_its_facts();
DROP FUNCTION ledger_match_keeps_its_facts();
"""


def chart(apps, _schema_editor) -> None:
    make_chart(apps.get_model("ledger", "Account"), apps.get_model("ledger", "Journal"))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(chart, migrations.RunPython.noop), migrations.RunSQL(GUARD, UNGUARD)]
