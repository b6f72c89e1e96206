"""A stock adjustment stays as it was made, and so do the lines of a delivery that has left."""

from django.db import migrations

GUARD = """
CREATE FUNCTION inventory_adjustments_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stock adjustment is never changed or removed: make another one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER adjustments_stay BEFORE UPDATE OR DELETE ON inventory_stockadjustment
    FOR EACH ROW EXECUTE FUNCTION inventory_adjustments_stay();

CREATE FUNCTION inventory_delivered_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inventory_delivery WHERE id = OLD.delivery_id AND state = 'done') THEN
        RAISE EXCEPTION 'the lines of a delivery that has left are never changed or removed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER delivered_stays BEFORE UPDATE OR DELETE ON inventory_deliveryline
    FOR EACH ROW EXECUTE FUNCTION inventory_delivered_stays();
"""

UNGUARD = """
DROP TRIGGER delivered_stays ON inventory_deliveryline;
DROP FUNCTION inventory_delivered_stays();
DROP TRIGGER adjustments_stay ON inventory_stockadjustment;
DROP FUNCTION inventory_adjustments_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
