"""A channel reaches whoever has a phone or linked an address; the channels that need neither are not listed."""

from django.db import migrations

REACH = """
create or replace view channel_reach as
select customer_id, channel, known_from, known_to from channel_address
union all
select c.id, way, '1970-01-01 00:00+00'::timestamptz, '9999-12-31 00:00+00'::timestamptz
from customers_customer c cross join (values ('sms'), ('whatsapp')) ways (way) where c.phone is not null and c.phone <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_ways")]
    operations = [migrations.RunSQL(REACH, migrations.RunSQL.noop)]
