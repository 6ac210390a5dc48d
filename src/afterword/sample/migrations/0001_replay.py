"""One row: which shop is lived through, and how far."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """
            create table sample_replay (
                one boolean primary key default true check (one),
                shop text not null,
                data text not null default '',
                seed bigint not null default 0,
                starts_at timestamptz not null,
                ends_at timestamptz not null,
                at timestamptz not null,
                step_seconds integer not null,
                speed double precision not null default 0,
                paused boolean not null default false,
                done_at timestamptz,
                events bigint not null default 0,
                messages bigint not null default 0,
                left_out jsonb not null default '{}'
            );
            """,
            "drop table sample_replay;",
        )
    ]
