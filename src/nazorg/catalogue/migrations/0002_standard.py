"""What every installation begins with: units, the Belgian and Dutch rates of VAT, a price list.

Rates: Belgium 21, 12, 6 and 0 % (WBTW art. 37 and Royal Decree no. 20); the Netherlands 21, 9 and 0 % (Wet OB 1968, art. 9).
Units: UN/ECE Recommendation 20, as electronic invoices name them.
"""

from decimal import Decimal

from django.conf import settings
from django.db import migrations

UNITS = [
    ("pc", "Piece", "count", "1", "C62"),
    ("pair", "Pair", "count", "2", "PR"),
    ("doz", "Dozen", "count", "12", "DZN"),
    ("g", "Gram", "weight", "1", "GRM"),
    ("kg", "Kilogram", "weight", "1000", "KGM"),
    ("mm", "Millimetre", "length", "0.001", "MMT"),
    ("cm", "Centimetre", "length", "0.01", "CMT"),
    ("m", "Metre", "length", "1", "MTR"),
    ("ml", "Millilitre", "volume", "0.001", "MLT"),
    ("l", "Litre", "volume", "1", "LTR"),
    ("min", "Minute", "time", "1", "MIN"),
    ("h", "Hour", "time", "60", "HUR"),
    ("day", "Day", "time", "1440", "DAY"),
]
RATES = [("BE", "21", "S"), ("BE", "12", "S"), ("BE", "6", "S"), ("BE", "0", "Z"), ("NL", "21", "S"), ("NL", "9", "S"), ("NL", "0", "Z")]


def add(apps, schema_editor):
    Unit, Tax, PriceList = (apps.get_model("catalogue", name) for name in ("Unit", "Tax", "PriceList"))
    Unit.objects.bulk_create(
        Unit(code=code, name=name, dimension=dimension, factor=Decimal(factor), unece=unece) for code, name, dimension, factor, unece in UNITS
    )
    Tax.objects.bulk_create(
        Tax(name=f"{country} {rate}% incl." if included else f"{country} {rate}%", rate=Decimal(rate), category=category, is_included=included)
        for country, rate, category in RATES
        for included in (False, True)
    )
    PriceList.objects.create(name="Standard", currency=settings.BOOKS_CURRENCY, is_default=True)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
