"""A consent that cannot be proven is none: what proves one."""

from django.db import migrations

PROOF = """
-- The words that were shown, and where: a grant without both counts for nothing. When it was said is the event's own instant.
create function consent_proven(event uuid) returns boolean language sql stable parallel safe as $$
    select exists (
        select 1 from event_personal p
        where p.event_id = event and coalesce(p.properties -> 'proof' ->> 'words', '') <> ''
          and coalesce(p.properties -> 'proof' ->> 'page', p.properties -> 'proof' ->> 'place', '') <> '')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_pauses"), ("events", "0004_reach")]
    operations = [migrations.RunSQL(PROOF, "drop function consent_proven")]
