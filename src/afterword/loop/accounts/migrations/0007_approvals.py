"""Questions for a second person, and the answers: whatever it is about, one table."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_second_person'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=120)),
                ('mark', models.CharField(help_text='The digest of what was asked about.', max_length=64)),
                ('note', models.CharField(blank=True, default='', max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('said', models.CharField(blank=True, default='', max_length=1000)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-asked_at', '-id'),
                'indexes': [models.Index(fields=['kind', 'subject'], name='approval_of')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('kind', 'subject'), name='approval_open_once'), models.CheckConstraint(condition=models.Q(('decided_by', models.F('asked_by')), _negated=True), name='approval_of_two')],
            },
        ),
    ]
