"""Questions about drafts move to where all questions for a second person are kept, with their answers. A member's address names them."""

from django.db import migrations

MOVE = """
insert into accounts_approval (kind, subject, mark, note, asked_by_id, asked_at, decided_by_id, decided_at, approved, said, details)
select 'journey', j.key, a.mark, left(a.note, 1000), asked.id, a.asked_at, decided.id, a.decided_at, a.approved, left(a.said, 1000),
       jsonb_strip_nulls(jsonb_build_object('text', a.text, 'enrol', case when a.enrol_since is not null then jsonb_build_object(
           'since', to_char(a.enrol_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
           || jsonb_build_object('people', a.enrol_people, 'reached', a.enrol_reached) end))
from journey_approval a join journey j on j.id = a.journey_id
join accounts_member asked on lower(asked.email) = lower(a.asked_by)
left join accounts_member decided on lower(decided.email) = lower(a.decided_by)
where (a.decided_at is null) = (decided.id is null)
order by a.id
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_enrol"), ("accounts", "0008_approval_details")]
    operations = [migrations.RunSQL(MOVE, migrations.RunSQL.noop), migrations.DeleteModel("Approval")]
