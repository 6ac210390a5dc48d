"""What other channels than e-mail carried lately is found without reading every mail."""

from django.db import migrations

INDEX = """
create index message_delivery_notes on message_delivery (greatest(accepted_at, failed_at)) where channel <> 'email' and provider <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0020_papers_of_refunds")]
    operations = [migrations.RunSQL(INDEX, "drop index message_delivery_notes")]
