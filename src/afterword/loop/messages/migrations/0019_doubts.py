"""What is done where nobody knows whether a message arrived, by category; and until when a person may say so of one message."""

from django.db import migrations

DOUBT = """
create table message_doubt (
    category text primary key check (category in ('transactional', 'service', 'marketing')),
    way text not null check (way in ('again', 'ask', 'give_up'))
);
insert into message_doubt (category, way) values ('transactional', 'again'), ('service', 'again'), ('marketing', 'give_up');
alter table message_delivery add doubt_until timestamptz;
create index message_delivery_doubt on message_delivery (doubt_until) where doubt_until is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0018_copies_of_journeys")]
    operations = [migrations.RunSQL(DOUBT, "drop table message_doubt; alter table message_delivery drop doubt_until")]
