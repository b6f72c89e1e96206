"""What a refund names cannot be talked round: a credit note, an invoice in its place, both the ticket's customer's; for good."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refund_names_its_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a refund is never changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM invoicing_document d
        JOIN parties_party p ON p.id = d.customer_id
        JOIN helpdesk_remedy r ON r.id = NEW.remedy_ptr_id
        JOIN helpdesk_ticket t ON t.number = r.ticket_id
        JOIN parties_party c ON c.id = t.customer_id
        WHERE d.id = NEW.credit_note_id AND d.kind = 'credit_note' AND p.root_id = c.root_id
    ) THEN
        RAISE EXCEPTION 'a refund gives a credit note to the customer of its ticket' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.new_invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoicing_document WHERE id = NEW.new_invoice_id AND kind = 'invoice') THEN
        RAISE EXCEPTION 'a refund drafts an invoice in place of the credited one' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_refund_names_its_documents BEFORE INSERT OR UPDATE ON refund_refund
    FOR EACH ROW EXECUTE FUNCTION refund_names_its_documents();
"""
UNGUARD = "DROP TRIGGER a_refund_names_its_documents ON refund_refund; DROP FUNCTION refund_names_its_documents();"


class Migration(migrations.Migration):
    dependencies = [("refund", "0001_initial"), ("helpdesk", "0001_initial"), ("invoicing", "0001_initial"), ("parties", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
