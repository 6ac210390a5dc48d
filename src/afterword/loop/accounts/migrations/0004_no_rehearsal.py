"""Rehearsing is each journey's own; the installation's one switch for it goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_member_email_as_written")]
    operations = [migrations.RemoveField(model_name="installation", name="rehearsal")]
