"""Which team a command means."""

from django.core.management.base import CommandError

from studio.models import Team


def team_called(name: str | None) -> Team:
    """Return the team of a name, or the only one. Raises CommandError."""
    there = Team.objects.there()
    teams = list(there.filter(name__iexact=name) if name else there[:2])
    if len(teams) == 1:
        return teams[0]
    names = ", ".join(there.order_by("name").values_list("name", flat=True)[:20])
    if not names:
        raise CommandError("There is no team yet. Sign in and name one.")
    if len(teams) > 1 and name:
        raise CommandError(f"Several teams are called {name}. Give one of them another name.")
    wrong = f"There is no team called {name}." if name else "There are several teams."
    raise CommandError(f"{wrong} Name one with --team: {names}.")
