"""A message may be copied to more than one colleague: for itself, and for the journey that sends it."""

from django.db import migrations

BY_ADDRESS = "alter table message_copy drop constraint message_copy_pkey, add primary key (delivery_id, address)"
UNDO = """
delete from message_copy c using message_copy o where o.delivery_id = c.delivery_id and o.address < c.address;
alter table message_copy drop constraint message_copy_pkey, add primary key (delivery_id)
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0017_early_receipts")]
    operations = [migrations.RunSQL(BY_ADDRESS, UNDO)]
