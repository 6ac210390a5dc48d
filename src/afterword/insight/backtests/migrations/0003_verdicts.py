"""What a check found of the guard's verdicts, beside what it found of visits."""

from django.db import migrations

VERDICTS = """
alter table parity_check
    add column verdicts bigint not null default 0,
    add column otherwise bigint not null default 0,
    add column left_out bigint not null default 0,
    add column first_otherwise jsonb not null default '[]';
"""
UNDO = """
alter table parity_check drop column verdicts, drop column otherwise, drop column left_out, drop column first_otherwise;
"""


class Migration(migrations.Migration):
    dependencies = [("backtests", "0002_against")]
    operations = [migrations.RunSQL(VERDICTS, UNDO)]
