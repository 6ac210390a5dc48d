"""A body in quarantine remembers whether it came with a browser key: it is tried again with the rights of that key."""

from django.db import migrations

ADDED = """
alter table event_quarantine add column from_browser boolean not null default false;
create index event_quarantine_browsers on event_quarantine (store)
    where from_browser and replayed_at is null and discarded_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0004_reach")]
    operations = [migrations.RunSQL(ADDED, "drop index event_quarantine_browsers; alter table event_quarantine drop column from_browser")]
