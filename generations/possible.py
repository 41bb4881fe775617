"""Why nothing of a kind can be made from a take or a still, before anybody asks for it."""

from django.utils import timezone

from generations.catalogue import ModelFacts, catalogue
from generations.checking_sources import account_of_source, source_errors
from generations.choosing import account_for
from generations.kinds import BY_ID, Kind
from generations.models import Generation, Still
from generations.orders import made_from
from generations.refusal import Refused


def obstacle(source: Generation | Still, kind: Kind) -> str:
    """Return why no model makes a kind from a take or a still now, in words, or nothing.

    Of several models' reasons it is the first one's; what is typed may still be refused.
    """
    makers = catalogue().making(kind, timezone.now().date())
    own = makers.get(source.prompt.model) if isinstance(source, Generation) else None
    asked = [own] if own and kind in BY_ID else list(makers.values())
    reasons = [_obstacle(source, kind, model) for model in asked]
    return reasons[0] if reasons and all(reasons) else ""


def _obstacle(source: Generation | Still, kind: Kind, model: ModelFacts) -> str:
    most = {"resolution": model.kinds[kind].resolutions[-1]} if kind is Kind.UPSCALE else {}
    try:
        order = made_from(source, kind, model=model.key, **most)
        if isinstance(source, Generation) and kind in BY_ID:
            account = account_of_source(source, model, kind)
        else:
            account = account_for(source.project, model)
    except Refused as refused:
        return str(refused)
    return source_errors(order, model, source.project, account).get("source", "")
