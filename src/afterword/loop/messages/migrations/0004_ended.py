"""When the run behind an intent ended early: what has not gone by then does not go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0003_lists")]
    operations = [
        migrations.RunSQL(
            "alter table message_intent add column ended_at timestamptz;",
            "alter table message_intent drop column ended_at;",
        )
    ]
