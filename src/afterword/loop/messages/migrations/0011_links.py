"""What the links of messages answered when they were last tried."""

from django.db import migrations

LINKS = """
create table message_link (
    address text primary key,
    tried_at timestamptz not null,
    answered text not null default ''
);
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0010_wording")]
    operations = [migrations.RunSQL(LINKS, "drop table message_link")]
