"""Campaigns, and everybody of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('segments', '0002_quarters'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField(unique=True)),
                ('name', models.TextField()),
                ('about', models.TextField(blank=True, default='')),
                ('store', models.TextField()),
                ('plan', models.JSONField()),
                ('state', models.TextField(default='draft')),
                ('release_at', models.DateTimeField(help_text='When it is let go, and as of when the segment counts.', null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('everywhere', models.FloatField(default=0.0, help_text='The share of the global holdout, as it was then.')),
                ('winner', models.TextField(blank=True, default='')),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.TextField(blank=True, default='', help_text='Who chose; empty where the rule did.')),
                ('found', models.JSONField(help_text='What the stopping rule saw when it was decided.', null=True)),
                ('paced_until', models.DateTimeField(help_text='What the guard let go up to here has its turn, the last of them at `last_leaves_at`.', null=True)),
                ('last_leaves_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.TextField(blank=True, default='')),
                ('started_by', models.TextField(blank=True, default='')),
                ('revision', models.ForeignKey(help_text='What the segment meant when it started.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='segments.revision')),
            ],
            options={
                'db_table': 'campaign',
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('pk', models.CompositePrimaryKey('campaign', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('part', models.TextField()),
                ('arm', models.TextField(blank=True, default='')),
                ('lot', models.BigIntegerField()),
                ('zone', models.TextField()),
                ('planned_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='campaigns.campaign')),
            ],
            options={
                'db_table': 'campaign_person',
            },
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('state', 'scheduled')), fields=['release_at'], name='campaign_due'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['id'], name='campaign_sending'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['customer_id'], name='campaign_of_customer'),
        ),
    ]
