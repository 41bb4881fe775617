"""Which provider makes a model, as the database tells it."""

from django.db.models import Case, CharField, Value, When

from generations.catalogue import catalogue


def maker_name(field: str = "prompt__model") -> Case:
    """Return the provider of a take's model, nothing for one that has left the catalogue.

    `field` leads to the model.
    """
    made: dict[str, list[str]] = {}
    for model in catalogue().models.values():
        made.setdefault(model.provider, []).append(model.key)
    whens = [When(**{f"{field}__in": keys}, then=Value(maker)) for maker, keys in made.items()]
    return Case(*whens, default=Value(""), output_field=CharField())
