"""What a mail says in plain text is kept beside it, so that it is found by its words. Mails that are there are found by their headings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The words of a mail."""

    dependencies = [("mailbox", "0002_packed")]
    operations = [
        migrations.AddField(
            "mail", "said", models.TextField(default="", db_default="", help_text="The beginning of its plain text, to be searched.")
        )
    ]
