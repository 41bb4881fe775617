"""What a role allows: every decision that hangs on one is here or at the doors beside it."""

from studio.models import Recipe, Role, User


def holds(role: str, needed: Role) -> bool:
    """Tell whether a role may do what another may."""
    return Role(role).includes(needed)


def judges(role: str) -> bool:
    """Tell whether a role judges takes, and leaves notes: a reviewer or above."""
    return holds(role, Role.REVIEWER)


def makes(role: str) -> bool:
    """Tell whether a role makes and changes things: an artist or above."""
    return holds(role, Role.ARTIST)


def leads(role: str) -> bool:
    """Tell whether a role manages projects and money: a producer or above."""
    return holds(role, Role.PRODUCER)


def owns(role: str) -> bool:
    """Tell whether a role is the owner's."""
    return holds(role, Role.OWNER)


def may_undo(user: User, judge_id: int | None, role: str) -> bool:
    """Tell whether a person may undo a verdict of somebody: their own, or as a producer."""
    return judge_id == user.pk or leads(role)


def may_change_recipe(user: User, recipe: Recipe, role: str) -> bool:
    """Tell whether a person may rename and delete a recipe: who saved it, or a producer."""
    return recipe.author_id == user.pk or leads(role)
