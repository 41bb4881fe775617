"""Buckets: the limits that some of a provider's models share, and which of them a take counts in.

A provider's first bucket is the one for videos; its name here is empty. What has left the
catalogue counts in it. A model is made at its own provider's accounts only, so that within one
account's line a bucket's name says enough.
"""

from django.db.models import Case, CharField, Q, Value, When

from generations.catalogue import BucketFacts, ModelFacts, catalogue

FIRST = ""


def bucket_of(model_key: str) -> str:
    """Return the name of the bucket in which a model's takes count."""
    model = catalogue().models.get(model_key)
    return _name(model) if model else FIRST


def in_bucket(bucket: str, field: str = "prompt__model") -> Q:
    """Return what asks for the takes of a bucket; `field` leads to their model."""
    if bucket == FIRST:
        others = [model.key for model in catalogue().models.values() if _name(model) != FIRST]
        return ~Q(**{f"{field}__in": others})
    return Q(**{f"{field}__in": _models()[bucket]})


def bucket_name(field: str = "prompt__model") -> Case:
    """Return the name of a take's bucket as the database tells it."""
    whens = [
        When(**{f"{field}__in": models}, then=Value(bucket)) for bucket, models in _models().items()
    ]
    return Case(*whens, default=Value(FIRST), output_field=CharField())


def facts_of(provider: str, bucket: str) -> BucketFacts:
    """Return what the catalogue says of a provider's bucket. Raises KeyError."""
    buckets = catalogue().providers[provider].buckets
    return buckets[bucket or next(iter(buckets))]


def others_of(provider: str) -> list[BucketFacts]:
    """Return a provider's buckets beside the first."""
    return list(catalogue().providers[provider].buckets.values())[1:]


def _models() -> dict[str, list[str]]:
    """Return the keys of the models in each bucket that isn't its provider's first."""
    found: dict[str, list[str]] = {}
    for model in catalogue().models.values():
        if name := _name(model):
            found.setdefault(name, []).append(model.key)
    return found


def _name(model: ModelFacts) -> str:
    first = next(iter(catalogue().providers[model.provider].buckets))
    return FIRST if model.bucket == first else model.bucket
