"""Mails come packed, so the database need not try to make them smaller."""

from django.db import migrations


class Migration(migrations.Migration):
    """Keep bodies beside the table as they are."""

    dependencies = [("mailbox", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "alter table mailbox_mail alter column raw set storage external",
            "alter table mailbox_mail alter column raw set storage extended",
        )
    ]
