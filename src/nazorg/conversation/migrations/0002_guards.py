"""The database keeps what was said: an entry is never changed and never removed.

TRUNCATE stays possible, for that is how a test database is emptied; nothing of the product truncates.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION conversation_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry of a thread is never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON conversation_entry
    FOR EACH ROW EXECUTE FUNCTION conversation_entries_stay();
"""

UNGUARD = """
DROP TRIGGER entries_stay ON conversation_entry;
DROP FUNCTION conversation_entries_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("conversation", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
