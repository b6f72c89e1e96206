"""What the database itself promises of documents: a posted one never changes, and no line is credited beyond what was invoiced.

The actions refuse first and explain; these hold against everybody else, also two at once. `enable_seqscan` is off in the
functions because PL/pgSQL keeps its plans: one made while the tables were nearly empty would make an import crawl.
"""

from django.db import migrations

from nazorg.invoicing.terms import TERMS

GUARD = """
CREATE FUNCTION invoicing_document_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    same invoicing_document%ROWTYPE;
    lines record;
    taxes numeric;
    credited numeric;
    invoiced numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a document begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'document % (%) is %: it is never removed', OLD.id, OLD.number, OLD.state USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' THEN
        same := NEW;
        IF OLD.thread_id IS NULL THEN
            same.thread_id := NULL;  -- its conversation may begin later
        END IF;
        IF same IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'document % (%) is %: it never changes, a correction is a new document', OLD.id, OLD.number, OLD.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.kind, NEW.credits_id, NEW.currency, NEW.source) IS DISTINCT FROM (OLD.kind, OLD.credits_id, OLD.currency, OLD.source) AND
       EXISTS (SELECT FROM invoicing_documentline WHERE document_id = OLD.id) THEN
        RAISE EXCEPTION 'draft % keeps its kind, its currency and the invoice that it credits', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'posted' THEN
        SELECT count(*) AS n, coalesce(sum(net), 0) AS net INTO lines FROM invoicing_documentline WHERE document_id = NEW.id;
        SELECT coalesce(sum(amount), 0) INTO taxes FROM invoicing_documenttax WHERE document_id = NEW.id;
        IF lines.n = 0 OR lines.net <> NEW.net OR taxes <> NEW.tax THEN
            RAISE EXCEPTION 'document % comes to % + %, its lines and taxes to % + %', NEW.id, NEW.net, NEW.tax, lines.net, taxes
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.credits_id IS NOT NULL THEN
            SELECT tax INTO invoiced FROM invoicing_document WHERE id = NEW.credits_id FOR NO KEY UPDATE;
            SELECT coalesce(sum(tax), 0) INTO credited FROM invoicing_document
                WHERE credits_id = NEW.credits_id AND id <> NEW.id AND state <> 'cancelled';
            IF credited + NEW.tax > invoiced THEN
                RAISE EXCEPTION 'more tax would be credited of invoice % than was invoiced', NEW.credits_id USING ERRCODE = 'check_violation';
            END IF;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_posted_document_stays BEFORE INSERT OR UPDATE OR DELETE ON invoicing_document
    FOR EACH ROW EXECUTE FUNCTION invoicing_document_guard();

-- Once per statement, however many lines it writes: an import copies thousands. `changed` are the lines written or removed.
CREATE FUNCTION invoicing_lines_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    -- Shared locks: nobody posts these documents before this transaction is through with their lines.
    PERFORM FROM invoicing_document WHERE id IN (SELECT document_id FROM changed) ORDER BY id FOR SHARE;
    SELECT id, state INTO wrong FROM invoicing_document WHERE id IN (SELECT document_id FROM changed) AND state <> 'draft' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'document % is %: its lines never change', wrong.id, wrong.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    SELECT c.id INTO wrong FROM changed c JOIN invoicing_document d ON d.id = c.document_id
        LEFT JOIN invoicing_documentline l ON l.id = c.credits_id LEFT JOIN invoicing_document i ON i.id = l.document_id
        WHERE (d.kind = 'invoice' AND c.credits_id IS NOT NULL)
           OR (d.kind = 'credit_note' AND c.credits_id IS NULL AND d.source <> 'import')
           OR (c.credits_id IS NOT NULL AND (i.kind <> 'invoice' OR i.state <> 'posted' OR i.currency <> d.currency
               OR (d.source <> 'import' AND i.id IS DISTINCT FROM d.credits_id)))
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % does not credit a line of the posted invoice that its credit note is about', wrong.id USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM changed WHERE credits_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- One at a time per credited line; the sum below is then taken over all that others have committed.
    PERFORM FROM invoicing_documentline WHERE id IN (SELECT credits_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    SELECT l.id, l.quantity, l.net, sum(c.credited_quantity) AS taken, sum(c.net) AS taken_net INTO wrong
        FROM invoicing_documentline l JOIN invoicing_documentline c ON c.credits_id = l.id JOIN invoicing_document d ON d.id = c.document_id
        WHERE l.id IN (SELECT credits_id FROM changed) AND d.state <> 'cancelled'
        GROUP BY l.id HAVING sum(c.credited_quantity) > l.quantity OR sum(c.net) > l.net LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be credited of line % than was invoiced: % of %, % of %', wrong.id, wrong.taken, wrong.quantity, wrong.taken_net, wrong.net
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER new_lines_are_right AFTER INSERT ON invoicing_documentline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_lines_guard();
CREATE TRIGGER changed_lines_are_right AFTER UPDATE ON invoicing_documentline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_lines_guard();
CREATE TRIGGER removed_lines_are_of_drafts AFTER DELETE ON invoicing_documentline REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_lines_guard();

CREATE FUNCTION invoicing_stays_with_its_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line or tax stays with its document' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER a_line_stays_with_its_document BEFORE UPDATE OF document_id ON invoicing_documentline
    FOR EACH ROW WHEN (OLD.document_id <> NEW.document_id) EXECUTE FUNCTION invoicing_stays_with_its_document();
CREATE TRIGGER a_tax_stays_with_its_document BEFORE UPDATE OF document_id ON invoicing_documenttax
    FOR EACH ROW WHEN (OLD.document_id <> NEW.document_id) EXECUTE FUNCTION invoicing_stays_with_its_document();

CREATE FUNCTION invoicing_taxes_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    PERFORM FROM invoicing_document WHERE id IN (SELECT document_id FROM changed) ORDER BY id FOR SHARE;
    SELECT id, state INTO wrong FROM invoicing_document WHERE id IN (SELECT document_id FROM changed) AND state <> 'draft' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'document % is %: its taxes never change', wrong.id, wrong.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER new_taxes_are_of_drafts AFTER INSERT ON invoicing_documenttax REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_taxes_guard();
CREATE TRIGGER changed_taxes_are_of_drafts AFTER UPDATE ON invoicing_documenttax REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_taxes_guard();
CREATE TRIGGER removed_taxes_are_of_drafts AFTER DELETE ON invoicing_documenttax REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_taxes_guard();

CREATE FUNCTION invoicing_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same invoicing_payment%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'payment % is never removed: reverse it', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    same := NEW;
    IF OLD.thread_id IS NULL THEN
        same.thread_id := NULL;
    END IF;
    IF OLD.state = 'posted' AND NEW.state = 'reversed' THEN
        same.state := OLD.state;
        same.reversed_on := OLD.reversed_on;
        same.reversal_id := OLD.reversal_id;
    END IF;
    IF same IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'payment % never changes: reverse it', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_payment_stays BEFORE UPDATE OR DELETE ON invoicing_payment
    FOR EACH ROW EXECUTE FUNCTION invoicing_payment_guard();
"""

UNGUARD = """
DROP TRIGGER a_posted_document_stays ON invoicing_document;
DROP TRIGGER new_lines_are_right ON invoicing_documentline;
DROP TRIGGER changed_lines_are_right ON invoicing_documentline;
DROP TRIGGER removed_lines_are_of_drafts ON invoicing_documentline;
DROP TRIGGER a_line_stays_with_its_document ON invoicing_documentline;
DROP TRIGGER a_tax_stays_with_its_document ON invoicing_documenttax;
DROP TRIGGER new_taxes_are_of_drafts ON invoicing_documenttax;
DROP TRIGGER changed_taxes_are_of_drafts ON invoicing_documenttax;
DROP TRIGGER removed_taxes_are_of_drafts ON invoicing_documenttax;
DROP TRIGGER a_payment_stays ON invoicing_payment;
DROP FUNCTION invoicing_document_guard();
DROP FUNCTION invoicing_lines_guard();
DROP FUNCTION invoicing_stays_with_its_document();
DROP FUNCTION invoicing_taxes_guard();
DROP FUNCTION invoicing_payment_guard();
"""

def terms(apps, _schema_editor) -> None:
    for name, days in TERMS:
        apps.get_model("invoicing", "PaymentTerm").objects.get_or_create(name=name, defaults={"days": days})


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial")]
    operations = [migrations.RunPython(terms, migrations.RunPython.noop), migrations.RunSQL(GUARD, UNGUARD)]
