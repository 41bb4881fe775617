"""The demo's storyboard: five shots from lift-off to orbit, written and not made yet."""

from studio.models import Project, Shot, Storyboard
from studio.storyboarding.example import SHOTS


def plan(project: Project) -> Storyboard:
    """Write the storyboard of a demo project that has none."""
    storyboard = Storyboard.begun(project)
    if not storyboard.version:
        storyboard.add(project.created_by, [Shot(words=words) for words in SHOTS])
    return storyboard
