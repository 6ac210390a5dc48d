"""The address somebody signs in with is unique as written too, which Django can see; whatever its case, it was already."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A second constraint."""

    dependencies: ClassVar = [("accounts", "0002_rows_and_guards")]
    operations: ClassVar = [
        migrations.AddConstraint("member", models.UniqueConstraint(fields=("email",), name="member_email_once_as_written")),
    ]
