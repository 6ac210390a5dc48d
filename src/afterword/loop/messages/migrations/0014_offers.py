"""What blocks of products and recommendations read: who bought what together, what is new, whose a code is."""

from django.db import migrations

OFFERS = """
create index orders_line_together on orders_line (product_id, order_id) where product_id is not null;
create index catalog_newest on catalog_product (store, changed_at desc, id) where title is not null and available is not false;
create table message_referral (
    code text primary key,
    customer_id uuid not null,
    made_at timestamptz not null
);
create index message_referral_of on message_referral (customer_id);
"""
UNDO = "drop table message_referral; drop index catalog_newest; drop index orders_line_together"


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0013_papers"), ("orders", "0003_milestones_of_a_parcel"), ("catalog", "0001_initial")]
    operations = [migrations.RunSQL(OFFERS, UNDO)]
