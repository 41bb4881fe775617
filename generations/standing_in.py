"""Which model a team lets take another's place, where that can ever happen."""

from itertools import product
from typing import Any

from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.kinds import BY_ID
from generations.models import Account, ModelFallback, PriceOverride
from generations.refusal import Refused

_ITSELF = "Choose another model than the one whose place it takes."
_OTHER_KIND = "{to} makes nothing that {before} makes, and can't take its place. Choose another."
_DEARER = (
    "{to} always costs more than {before}, and nothing dearer than was shown is ever made. "
    "Choose a cheaper one."
)


def allow(team: Any, before: str, instead: str) -> None:
    """Let a model take another's place in a team. Raises Refused where it never could."""
    models = catalogue().models
    if before == instead:
        raise Refused({"to_model": _ITSELF})
    _refuse_what_cannot_be(team, models[before], models[instead])
    ModelFallback.objects.update_or_create(
        team=team, from_model=before, defaults={"to_model": instead}
    )


def forbid(team: Any, before: str) -> bool:
    """Let none take a model's place any more; False where none could."""
    return bool(ModelFallback.objects.filter(team=team, from_model=before).delete()[0])


def _refuse_what_cannot_be(team: Any, before: ModelFacts, instead: ModelFacts) -> None:
    shared = [kind for kind in before.kinds if kind in instead.kinds and kind not in BY_ID]
    titles = {"to": instead.title, "before": before.title}
    if not shared:
        raise Refused({"to_model": _OTHER_KIND.format(**titles)})
    own = PriceOverride.objects.filter(
        account__team=team, model__in=(before.key, instead.key), kind__in=shared
    )
    providers = before.provider, instead.provider
    factors = Account.objects.filter(team=team, provider__in=providers).exclude(price_factor=1)
    # An account's own prices may change: that is compared when it moves.
    if own.exists() or factors.exists():
        return
    if not any(_is_ever_cheaper(before.kinds[kind], instead.kinds[kind]) for kind in shared):
        raise Refused({"to_model": _DEARER.format(**titles)})


def _is_ever_cheaper(before: KindFacts, instead: KindFacts) -> bool:
    """Tell whether it costs no more at any size that both make."""
    resolutions = [each for each in before.resolutions if each in instead.resolutions]
    durations_s = [each for each in before.durations_s if each in instead.durations_s]
    return any(
        instead.price_usd(resolution=resolution, duration_s=duration_s)
        <= before.price_usd(resolution=resolution, duration_s=duration_s)
        for resolution, duration_s in product(resolutions or ["720p"], durations_s or [5])
    )
