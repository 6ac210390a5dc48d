"""Why a campaign could not be let go."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_campaigns'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='fault',
            field=models.TextField(blank=True, default='', help_text='Why it could not be let go.'),
        ),
    ]
