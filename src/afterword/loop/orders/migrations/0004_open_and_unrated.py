"""Late orders, and orders whose currency has no rate, are found without reading all of them."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Two small indexes, for what is the exception."""

    dependencies: ClassVar = [("orders", "0003_milestones_of_a_parcel")]
    operations: ClassVar = [
        migrations.AddIndex(
            "order",
            models.Index(fields=["promised_to"], name="order_open", condition=Q(delivered_at=None, cancelled_at=None, refunded_at=None)),
        ),
        migrations.AddIndex(
            "order",
            models.Index(fields=["currency"], name="order_unrated", condition=Q(total_base_minor=None, total_minor__isnull=False)),
        ),
    ]
