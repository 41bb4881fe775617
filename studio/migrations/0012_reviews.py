"""Reviews, notes and scores; every team that is there gets the usual rubric."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


_USUAL = (
    "Motion coherence",
    "Faces",
    "Natural landscape",
    "Physics",
    "Text and logos",
    "Several characters",
    "Overall",
)


def _begin(apps, schema_editor):
    """Give each team the usual rubric."""
    criterion = apps.get_model("studio", "Criterion")
    for team in apps.get_model("studio", "Team").objects.all():
        criterion.objects.bulk_create(
            criterion(team=team, position=place, words=words) for place, words in enumerate(_USUAL)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0025_review_kinds'),
        ('studio', '0011_export_tries_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewRules',
            fields=[
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review_rules', serialize=False, to='studio.team')),
                ('others_approve', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=60)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(null=True)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='studio.team')),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('frame', models.PositiveIntegerField(null=True)),
                ('words', models.CharField(blank=True, max_length=2000)),
                ('drawing', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('answers', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='studio.note')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notes', to=settings.AUTH_USER_MODEL)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='generations.generation')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('generation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review', serialize=False, to='generations.generation')),
                ('verdict', models.CharField(choices=[('waiting', 'In review'), ('approved', 'Approved'), ('changes', 'Changes wanted'), ('rejected', 'Rejected')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='studio.project')),
            ],
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveSmallIntegerField()),
                ('scored_at', models.DateTimeField(auto_now=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to=settings.AUTH_USER_MODEL)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='studio.criterion')),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='generations.generation')),
            ],
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('team', 'words'), name='criterion_once_per_team'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), models.Q(('drawing', []), _negated=True), _connector='OR'), name='note_says_something'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('answers', None), models.Q(('frame', None), ('resolved_at', None)), _connector='OR'), name='note_reply_is_plain'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['project', 'verdict', 'asked_at'], name='review_waiting'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['judged_by', '-judged_at'], name='review_by_judge'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['waiting', 'approved', 'changes', 'rejected'])), name='review_known_verdict'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', False), ('judged_at', None), ('verdict', 'waiting')), models.Q(models.Q(('verdict', 'waiting'), _negated=True), ('judged_at__isnull', False)), _connector='OR'), name='review_waits_or_is_judged'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(fields=('generation', 'criterion', 'author'), name='score_once_each'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 10)), name='score_from_1_to_10'),
        ),
        migrations.RunPython(_begin, migrations.RunPython.noop),
    ]
