"""Projects as one file, to be kept or taken elsewhere."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0022_sealed_second_factors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('rendering', 'Rendering'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=9)),
                ('words', models.CharField(blank=True, max_length=400)),
                ('progress', models.FloatField(default=0)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('tries_before', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('took_s', models.FloatField(null=True)),
                ('path', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(blank=True, max_length=40)),
                ('size_bytes', models.PositiveBigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('takes', models.PositiveIntegerField(default=0)),
                ('missing', models.PositiveIntegerField(default=0)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bundles', to='studio.project')),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state__in', ('waiting', 'rendering'))), fields=['state', 'lease_until'], name='bundle_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'rendering', 'done', 'failed', 'cancelled'))), name='bundle_known_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('path', ''), _negated=True), ('size_bytes__gt', 0), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='bundle_done_is_whole'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'rendering'))), fields=('project',), name='bundle_one_at_a_time')],
            },
        ),
    ]
