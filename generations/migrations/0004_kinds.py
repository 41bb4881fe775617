import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0003_append_only'),
        ('studio', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('video', 'Video'), ('image', 'Image'), ('modify_video', 'Modify'), ('reframe_video', 'Reframe'), ('reframe_image', 'Reframe picture'), ('upscale', 'Upscale'), ('audio', 'Add sound')], max_length=16)),
                ('rate_usd', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True)),
                ('price_usd', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('source', 'Source'), ('image', 'Image'), ('style', 'Style'), ('character', 'Character'), ('modify', 'Modify')], max_length=9)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('weight', models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True)),
            ],
            options={
                'ordering': ['role', 'place'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='prompt',
            name='prompt_duration_positive',
        ),
        migrations.AddField(
            model_name='asset',
            name='has_sound',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='generation',
            name='best_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='image_format',
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name='prompt',
            name='kind',
            field=models.CharField(choices=[('video', 'Video'), ('image', 'Image'), ('modify_video', 'Modify'), ('reframe_video', 'Reframe'), ('reframe_image', 'Reframe picture'), ('upscale', 'Upscale'), ('audio', 'Add sound')], default='video', max_length=16),
        ),
        migrations.AddField(
            model_name='prompt',
            name='mode',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='prompt',
            name='negative_words',
            field=models.TextField(blank=True, max_length=5000),
        ),
        migrations.AddField(
            model_name='prompt',
            name='placed_at',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='prompt',
            name='duration_s',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('duration_s', 0), ('kind__in', ('image', 'reframe_image'))), models.Q(models.Q(('kind__in', ('image', 'reframe_image')), _negated=True), ('duration_s__gt', 0)), _connector='OR'), name='prompt_duration_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['video', 'image', 'modify_video', 'reframe_video', 'reframe_image', 'upscale', 'audio'])), name='prompt_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='still',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', 'generated')), fields=('source',), name='still_generated_once'),
        ),
        migrations.AddField(
            model_name='priceoverride',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='price_overrides', to='generations.account'),
        ),
        migrations.AddField(
            model_name='reference',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='reference',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='made_into', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='reference',
            name='still',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='generations.still'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.UniqueConstraint(fields=('account', 'model', 'kind'), name='price_override_once'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('price_usd__isnull', True), ('rate_usd__gte', 0)), models.Q(('price_usd__gte', 0), ('rate_usd__isnull', True)), _connector='OR'), name='price_override_rate_or_price'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.UniqueConstraint(fields=('generation', 'role', 'place'), name='reference_one_per_place'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source__isnull', True), ('still__isnull', False)), models.Q(('role', 'source'), ('source__isnull', False), ('still__isnull', True)), _connector='OR'), name='reference_still_or_source'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ('source', 'image', 'style', 'character', 'modify'))), name='reference_known_role'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('weight__isnull', True), models.Q(('weight__gte', 0), ('weight__lte', 1)), _connector='OR'), name='reference_weight_in_range'),
        ),
    ]
