"""Papers that travel with messages: the shop's own invoices, fetched or uploaded; what each delivery enclosed; which stores enclose one."""

from django.db import migrations, models

PAPERS = """
create table message_paper (
    order_id uuid not null,
    kind text not null,
    store text not null,
    address text not null default '',
    state text not null,
    content bytea,
    said text not null default '',
    attempts smallint not null default 0,
    asked_at timestamptz not null,
    next_at timestamptz,
    kept_at timestamptz,
    primary key (order_id, kind)
);
create index message_paper_wanted on message_paper (next_at) where state = 'wanted';
create index message_paper_kept on message_paper (kept_at) where kept_at is not null;
alter table message_delivery add column enclosed text not null default '';
"""
UNDO = "alter table message_delivery drop column enclosed; drop table message_paper"


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0012_copies")]
    operations = [
        migrations.RunSQL(PAPERS, UNDO),
        migrations.AddField(
            model_name="manner",
            name="paper",
            field=models.TextField(default="off", help_text="What travels with confirmations: off, summary or invoice."),
        ),
    ]
