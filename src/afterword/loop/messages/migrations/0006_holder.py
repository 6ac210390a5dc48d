"""Who is handing a message over, and since when its words may have left: what a dead sender began is told from what it had not."""

from django.db import migrations

COLUMNS = """
alter table message_delivery add column held_by text not null default '', add column begun_at timestamptz;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0005_live")]
    operations = [migrations.RunSQL(COLUMNS, "alter table message_delivery drop column held_by, drop column begun_at")]
