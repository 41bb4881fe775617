"""Files beside a take's own: its frames as EXR, or the layers of a picture; and what makes those."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models


def _guard_again(apps, schema_editor):
    """SQLite makes the tables of prompts and events anew, also backwards: they lose triggers."""
    if schema_editor.connection.vendor != "sqlite":
        return
    import_module("generations.migrations.0031_prompts_guarded").guard(apps, schema_editor)
    import_module("generations.migrations.0028_guest_verdicts")._guard(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0033_gateways_and_factors'),
        ('studio', '0030_guests_notes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, _guard_again),
        migrations.RemoveConstraint(
            model_name='asset',
            name='asset_kind_once',
        ),
        migrations.RemoveConstraint(
            model_name='asset',
            name='asset_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='event',
            name='event_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='priceoverride',
            name='price_override_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='prompt',
            name='prompt_duration_fits_kind',
        ),
        migrations.RemoveConstraint(
            model_name='prompt',
            name='prompt_known_kind',
        ),
        migrations.AddField(
            model_name='asset',
            name='label',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='asset',
            name='number',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='asset',
            name='kind',
            field=models.CharField(choices=[('video', 'Video'), ('poster', 'Poster'), ('preview', 'Preview'), ('image', 'Image'), ('exr', 'Exr'), ('layer', 'Layer')], max_length=8),
        ),
        migrations.AlterField(
            model_name='priceoverride',
            name='kind',
            field=models.CharField(choices=[('video', 'Video'), ('image', 'Image'), ('modify_video', 'Modify'), ('reframe_video', 'Reframe'), ('reframe_image', 'Reframe picture'), ('upscale', 'Upscale'), ('audio', 'Add sound'), ('layers', 'Layers')], max_length=16),
        ),
        migrations.AlterField(
            model_name='prompt',
            name='kind',
            field=models.CharField(choices=[('video', 'Video'), ('image', 'Image'), ('modify_video', 'Modify'), ('reframe_video', 'Reframe'), ('reframe_image', 'Reframe picture'), ('upscale', 'Upscale'), ('audio', 'Add sound'), ('layers', 'Layers')], default='video', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.UniqueConstraint(fields=('generation', 'kind', 'number'), name='asset_kind_once'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('video', 'poster', 'preview', 'image', 'exr', 'layer'))), name='asset_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('requested', 'waiting', 'submitting', 'unconfirmed', 'queued', 'dreaming', 'completed', 'failed', 'declined', 'cancelled', 'content', 'frames', 'request', 'provider', 'key', 'credits', 'unreachable', 'busy', 'absent', 'unsure', 'undecided', 'switched_off', 'lost', 'answered', 'imported', 'stray', 'copied', 'paused', 'resumed', 'prioritised', 'reordered', 'edited', 'moved', 'told', 'line_paused', 'line_resumed', 'account_down', 'account_up', 'released', 'fetching', 'stored', 'store_failed', 'version_stored', 'chosen', 'stored_beside', 'sent_to_review', 'taken_from_review', 'verdict_undone', 'approved', 'changes_wanted', 'rejected', 'noted', 'guest_judged', 'trashed', 'restored', 'purged', 'erase_asked', 'erase_withdrawn', 'erased', 'erase_failed'))), name='event_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['video', 'image', 'modify_video', 'reframe_video', 'reframe_image', 'upscale', 'audio', 'layers'])), name='price_override_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('duration_s', 0), ('kind__in', ('image', 'reframe_image', 'layers'))), models.Q(models.Q(('kind__in', ('image', 'reframe_image', 'layers')), _negated=True), ('duration_s__gt', 0)), _connector='OR'), name='prompt_duration_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='prompt',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['video', 'image', 'modify_video', 'reframe_video', 'reframe_image', 'upscale', 'audio', 'layers'])), name='prompt_known_kind'),
        ),
        migrations.RunPython(_guard_again, migrations.RunPython.noop),
    ]
