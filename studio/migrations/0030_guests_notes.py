"""People are told what guests note on their takes, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0029_budgets_told_one_by_one'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('finished', 'A take of mine is finished'), ('failed', 'A take of mine failed'), ('requested', 'A take needs my approval'), ('review', 'A take waits for my verdict'), ('mention', 'My name stands in a note'), ('guest', 'A guest says something of a take of mine, or by a link of mine'), ('budget', 'Four fifths of a budget are gone')], max_length=10),
        ),
    ]
