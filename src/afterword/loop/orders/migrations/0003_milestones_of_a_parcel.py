"""A parcel's milestones are called so from its side: it has a field `milestone` of its own. The table stays as it is."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A name."""

    dependencies: ClassVar = [("orders", "0002_facts")]
    operations: ClassVar = [
        migrations.AlterField(
            "milestone", "shipment",
            models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="orders.shipment",
            ),
        ),
    ]  # fmt: skip
