"""A credit note belongs to one refund of its order. Those that are kept already belong to the first, as one that came before any does."""

from django.db import migrations

REFUNDS = """
alter table message_paper add refund_id uuid not null default '00000000-0000-0000-0000-000000000000';
alter table message_paper drop constraint message_paper_pkey;
alter table message_paper add primary key (order_id, kind, refund_id);
"""
UNDO = """
delete from message_paper p using message_paper q where p.order_id = q.order_id and p.kind = q.kind and p.refund_id > q.refund_id;
alter table message_paper drop constraint message_paper_pkey;
alter table message_paper drop refund_id;
alter table message_paper add primary key (order_id, kind);
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0019_doubts")]
    operations = [migrations.RunSQL(REFUNDS, UNDO)]
