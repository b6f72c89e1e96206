"""Allocations are append-only, and what they come to is what the sold line says was given, at the end of each transaction."""

from django.db import migrations

GUARD = """
CREATE FUNCTION entitlements_allocations_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an allocation is never changed or removed: take it back by one below zero' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER allocations_stay BEFORE UPDATE OR DELETE ON entitlements_allocation
    FOR EACH ROW EXECUTE FUNCTION entitlements_allocations_stay();

CREATE FUNCTION entitlements_given_is_allocated() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    sold bigint;
    given record;
    allocated record;
BEGIN
    IF TG_TABLE_NAME = 'entitlements_allocation' THEN
        sold := NEW.sold_line_id;
    ELSE
        sold := NEW.id;
    END IF;
    SELECT given_quantity AS quantity, given_net AS net INTO given FROM entitlements_soldline WHERE id = sold;
    SELECT coalesce(sum(quantity), 0) AS quantity, coalesce(sum(net), 0) AS net INTO allocated FROM entitlements_allocation WHERE sold_line_id = sold;
    IF (given.quantity, given.net) IS DISTINCT FROM (allocated.quantity, allocated.net) THEN
        RAISE EXCEPTION 'sold line %: given % (%), allocated % (%)', sold, given.quantity, given.net, allocated.quantity, allocated.net
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER what_is_allocated_was_given AFTER INSERT ON entitlements_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION entitlements_given_is_allocated();
CREATE CONSTRAINT TRIGGER what_was_given_is_allocated AFTER UPDATE OF given_quantity, given_net ON entitlements_soldline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.given_quantity <> NEW.given_quantity OR OLD.given_net <> NEW.given_net)
    EXECUTE FUNCTION entitlements_given_is_allocated();
CREATE CONSTRAINT TRIGGER what_is_given_at_once_is_allocated AFTER INSERT ON entitlements_soldline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.given_quantity <> 0 OR NEW.given_net <> 0) EXECUTE FUNCTION entitlements_given_is_allocated();
"""

UNGUARD = """
DROP TRIGGER allocations_stay ON entitlements_allocation;
DROP TRIGGER what_is_allocated_was_given ON entitlements_allocation;
DROP TRIGGER what_was_given_is_allocated ON entitlements_soldline;
DROP TRIGGER what_is_given_at_once_is_allocated ON entitlements_soldline;
DROP FUNCTION entitlements_allocations_stay();
DROP FUNCTION entitlements_given_is_allocated();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
