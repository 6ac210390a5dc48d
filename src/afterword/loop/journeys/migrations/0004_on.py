"""From when until when each version let people in, by the log's own time: what a check of the past and the question why need to know."""

from django.db import migrations

ON = """
create table journey_on (
    version_id integer not null,
    since timestamptz not null,
    until timestamptz,
    primary key (version_id, since)
);
insert into journey_on
select v.id, v.published_at, case when not v.is_live then coalesce(
    (select min(n.published_at) from journey_version n where n.journey_id = v.journey_id and n.number > v.number), v.ticked_until) end
from journey_version v;

create function keep_journey_on() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.is_live then
            insert into journey_on (version_id, since) values (new.id, new.ticked_until) on conflict do nothing;
        end if;
    elsif old.is_live and not new.is_live then
        update journey_on set until = greatest(since, new.ticked_until) where version_id = new.id and until is null;
    elsif new.is_live and not old.is_live then
        insert into journey_on (version_id, since) values (new.id, new.ticked_until)
        on conflict (version_id, since) do update set until = null;
    end if;
    return null;
end $$;
create trigger version_is_on after insert or update of is_live on journey_version
    for each row execute function keep_journey_on();
"""
UNDO = "drop trigger version_is_on on journey_version; drop function keep_journey_on; drop table journey_on;"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0003_errands")]
    operations = [migrations.RunSQL(ON, UNDO)]
