"""The database works out as whom a party counts, and refuses a contact of something that is not a company.

A change of company changes the root of one row only: contacts have no contacts of their own.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION parties_root() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.root_id := coalesce(NEW.company_id, NEW.id);
    IF NEW.company_id IS NOT NULL AND NOT EXISTS (SELECT FROM parties_party WHERE id = NEW.company_id AND kind = 'company') THEN
        RAISE EXCEPTION 'a contact works at a company' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.kind = 'company' AND NEW.kind <> 'company' AND EXISTS (SELECT FROM parties_party WHERE company_id = NEW.id) THEN
        RAISE EXCEPTION 'a company with contacts stays a company' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER root BEFORE INSERT OR UPDATE OF id, kind, company_id, root_id ON parties_party
    FOR EACH ROW EXECUTE FUNCTION parties_root();
"""

UNGUARD = """
DROP TRIGGER root ON parties_party;
DROP FUNCTION parties_root();
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
