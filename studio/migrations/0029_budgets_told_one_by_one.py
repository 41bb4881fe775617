"""Webhooks keep of which warnings of budgets they were told, one by one."""

from django.db import migrations, models


def _keep_what_was_told(apps, schema_editor):
    """What a webhook was told of up to an id, it was told of."""
    warnings = apps.get_model("generations", "BudgetWarning").objects
    for webhook in apps.get_model("studio", "Webhook").objects.exclude(budget_warning=0):
        told = warnings.filter(budget__team=webhook.team_id, pk__lte=webhook.budget_warning)
        webhook.held_against.add(*told)


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0031_prompts_guarded'),
        ('studio', '0028_api_request_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhook',
            name='held_against',
            field=models.ManyToManyField(related_name='+', to='generations.budgetwarning'),
        ),
        migrations.RunPython(_keep_what_was_told, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='webhook',
            name='budget_warning',
        ),
    ]
