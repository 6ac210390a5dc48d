"""What the projection of customers reads: what was said of them that names nobody."""

from django.db import migrations

CUSTOMER_FACT = """
create view customer_fact as
select customer_id, store, name, known_at, occurred_at,
    properties ->> 'country' as country, properties ->> 'language' as language,
    case when name = 'customer.updated' then properties ->> 'zone' end as stated_zone,
    case when name <> 'customer.updated' then properties ->> 'zone' end as address_zone
from event
where customer_id is not null and name in ('customer.created', 'customer.updated', 'order.placed')
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("events", "0001_initial")]
    operations = [migrations.RunSQL(CUSTOMER_FACT, "drop view customer_fact")]
