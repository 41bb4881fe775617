"""What people marked takes with, as their cards show it."""

from django.db.models import Exists, OuterRef

from generations.models.generation_queries import GenerationQuerySet
from studio.models import Favourite, User


def with_marks(takes: GenerationQuerySet, user: User) -> GenerationQuerySet:
    """Annotate takes with what was marked on them: `is_favourite`, the person's own star."""
    stars = Favourite.objects.filter(user=user, generation=OuterRef("pk"))
    return takes.annotate(is_favourite=Exists(stars))
