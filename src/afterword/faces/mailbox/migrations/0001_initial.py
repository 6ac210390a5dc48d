"""The table of received mails."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Mails, with the indexes their list and their links need."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField()),
                ("shown_at", models.DateTimeField()),
                ("sender", models.TextField()),
                ("recipient", models.TextField()),
                ("to_name", models.TextField(default="")),
                ("subject", models.TextField(default="")),
                ("message_id", models.TextField(default="")),
                ("raw", models.BinaryField()),
            ],
            options={
                "db_table": "mailbox_mail",
                "indexes": [
                    models.Index(models.F("shown_at"), models.F("id"), name="mailbox_mail_newest"),
                    models.Index(models.F("recipient"), name="mailbox_mail_recipient"),
                    models.Index(models.F("message_id"), name="mailbox_mail_message"),
                ],
            },
        ),
    ]
