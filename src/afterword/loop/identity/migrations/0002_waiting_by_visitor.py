"""What waits is counted by visitor and by when they were last seen, from the index alone."""

from __future__ import annotations

from django.db import migrations

DO = """
create index identity_waiting_of on identity_waiting (kind, store, value, received_at);
drop index identity_waiting_for;
"""
UNDO = """
create index identity_waiting_for on identity_waiting (kind, store, value);
drop index identity_waiting_of;
"""


class Migration(migrations.Migration):
    """Another index in the place of one."""

    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(DO, UNDO)]
