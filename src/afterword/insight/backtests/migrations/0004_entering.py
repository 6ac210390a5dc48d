"""What is asked before a journey is turned on: how many would be let in of those who did earlier what it waits for."""

from django.db import migrations

ASKED = """
alter table backtest_asked
    add column purpose text not null default '' check (purpose in ('', 'entering')),
    add column mark text not null default '';
"""
UNDO = "delete from backtest_asked where purpose <> ''; alter table backtest_asked drop column purpose, drop column mark;"


class Migration(migrations.Migration):
    dependencies = [("backtests", "0003_verdicts")]
    operations = [migrations.RunSQL(ASKED, UNDO)]
