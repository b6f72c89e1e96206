import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("helpdesk", "0001_initial"),
        ("invoicing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "remedy_ptr",
                    models.OneToOneField(
                        auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True,
                        serialize=False, to="helpdesk.remedy",
                    ),
                ),
                (
                    "credit_note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refund", to="invoicing.document", verbose_name="credit note"
                    ),
                ),
                (
                    "new_invoice",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.document",
                        verbose_name="new invoice",
                    ),
                ),
            ],
            options={"verbose_name": "refund", "verbose_name_plural": "refunds", "default_permissions": ()},
            bases=("helpdesk.remedy",),
        ),
    ]
