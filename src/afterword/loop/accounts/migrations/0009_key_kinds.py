"""Keys of two kinds: those of servers, as all were until now, and those that stand in pages, with the pages they are taken from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_approval_details")]
    operations = [
        migrations.AddField(
            "writekey",
            "kind",
            models.CharField(choices=[("server", "Server"), ("browser", "Browser")], db_default="server", default="server", max_length=10),
        ),
        migrations.AddField(
            "writekey",
            "origins",
            models.JSONField(default=list, help_text="The pages from which a browser key is taken; none: from anywhere."),
        ),
        migrations.AddConstraint(
            "writekey", models.CheckConstraint(name="writekey_kind_known", condition=models.Q(kind__in=("server", "browser")))
        ),
        migrations.AddConstraint(
            "writekey",
            models.CheckConstraint(
                name="writekey_pages_of_browsers", condition=models.Q(("kind", "browser"), ("origins", []), _connector="OR")
            ),
        ),
    ]
