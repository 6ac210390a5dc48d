"""How many came and went is counted by the quarter of an hour, so that a day is a day wherever the shop is. Counted anew from the past."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
insert into segment_moved (segment_id, at, came, went)
select segment_id, date_bin('15 minutes', moment, 'epoch'), sum(came)::integer, sum(went)::integer from (
    select segment_id, known_from as moment, 1 as came, 0 as went from segment_membership
    union all select segment_id, known_to, 0, 1 from segment_membership where known_to < '9999-12-31 00:00+00'
) each group by 1, 2
"""


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_segments")]
    operations = [
        migrations.DeleteModel("Day"),
        migrations.CreateModel(
            name="Moved",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("segment", "at", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                ("came", models.IntegerField()),
                ("went", models.IntegerField()),
                (
                    "segment",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="segments.segment"),
                ),
            ],
            options={"db_table": "segment_moved"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
