"""Judging what an order is made from: the take or still that is modified, reframed, upscaled …"""

from typing import Any

from generations import publishing
from generations.canvas import canvas
from generations.catalogue import KindFacts, ModelFacts, catalogue
from generations.kinds import BY_ID, FROM_A_PICTURE, Kind
from generations.models import Account, Asset, Generation, State, Still
from generations.orders import Order, not_here, out_of_reach
from generations.providers import named
from generations.refusal import Refused, upper_first

_MEGABYTE = 1_000_000
_NO_SOURCE = "Choose what it is made from: a take, or a still."
_UNDER_WAY = (
    "{name} is on its way already. Wait until its file is here: {server} may keep both under one "
    "id."
)


def source_errors(
    order: Order,
    model: ModelFacts,
    project: Any,
    account: Account,
    instead_of: Generation | None = None,
) -> dict[str, str]:
    """Return what is wrong with an order's source; {} for a kind that has none.

    `instead_of` is the generation that is to ask for this, and so isn't in its own way.
    """
    facts = model.kinds[order.kind]
    problem = ""
    if order.source is None:
        wants_one = order.kind not in (Kind.VIDEO, Kind.IMAGE)
        problem = _NO_SOURCE if wants_one else ""
    elif order.source.still:
        problem = _still_problem(order, facts, order.source.still, project, account)
    elif order.source.source:
        take = order.source.source
        problem = _take_problem(order, model, take, project, account)
        if not problem and order.kind in BY_ID:
            problem = _under_way(take, but=instead_of)
    return {"source": problem} if problem else {}


def account_of_source(take: Generation, model: ModelFacts, kind: Kind) -> Account:
    """Return the account at which a take can be upscaled or given sound: the one that made it.

    Raises Refused for a take that no provider of ours made, for one whose provider has no model
    that does it, and for an account that is off.
    """
    if not take.was_made_by_a_provider:
        maker = catalogue().providers[model.provider].called
        raise Refused(
            {"source": f"{upper_first(take.name)} wasn't made by {maker}, which it has to be."}
        )
    if take.account.provider != model.provider:
        made_at = catalogue().providers[take.account.provider].title
        raise Refused(
            {
                "source": f"{upper_first(take.name)} was made with {made_at}, which doesn't do "
                f"this ({kind.label.lower()}). Choose a take of another model."
            }
        )
    if take.erased_at:
        name, server = upper_first(take.name), named(take.account)
        raise Refused(
            {"source": f"{name} was deleted at {server}, which would need it. Choose another take."}
        )
    if not take.account.enabled:
        raise Refused(
            {
                "source": f"{take.account} made {take.name} and is switched off. Switch it on, or "
                "choose another take."
            }
        )
    return take.account


def refuse_another_version(order: Order, made: Generation) -> None:
    """Raise Refused where another version came on its way since the order was checked.

    Call in the transaction that accepts `made`, after its Event: an Event's number is a lock
    that those who order in one project at once take one after the other.
    """
    take = order.source.source if order.source else None
    if take and order.kind in BY_ID and (problem := _under_way(take, but=made)):
        raise Refused({"source": problem})


def file_of(source: Generation, kind: Kind) -> Asset | None:
    """Return the stored file of a take that a kind is made from, if it is here."""
    return source.stored(wanted_from(kind))


def wanted_from(kind: Kind) -> Asset.Kind:
    """Return which file of a take a kind is made from."""
    return Asset.Kind.IMAGE if kind in FROM_A_PICTURE else Asset.Kind.VIDEO


def size_of(source: Generation | Still, kind: Kind) -> tuple[int, int] | None:
    """Return (width, height) in pixels of what a kind is made from, if that is known here."""
    file = source if isinstance(source, Still) else file_of(source, kind)
    return (file.width, file.height) if file and file.width and file.height else None


def _still_problem(
    order: Order, facts: KindFacts, still: Still, project: Any, account: Account
) -> str:
    if order.kind not in FROM_A_PICTURE:
        return "This needs a video, and that is a still. Choose a take."
    if still.project_id != project.pk:
        return "That picture belongs to another project. Upload it here."
    too_large = _too_large(facts, still.size_bytes, "The picture", named(account))
    return too_large or publishing.obstacle(account)


def _take_problem(
    order: Order, model: ModelFacts, take: Generation, project: Any, account: Account
) -> str:
    if words := out_of_reach(take, project):
        return words
    if take.state != State.COMPLETED:
        return f"{upper_first(take.name)} isn't finished yet. Wait for it or choose another."
    if take.prompt.is_picture != (order.kind in FROM_A_PICTURE):
        what, wanted = ("picture", "video") if take.prompt.is_picture else ("video", "picture")
        return (
            f"{upper_first(take.name)} is a {what}, and this needs a {wanted}. Choose another take."
        )
    file = file_of(take, order.kind)
    if file is None:
        return not_here(take)
    if order.kind in BY_ID:
        return _larger(order, take, file)
    return (
        _too_long(model, order, file, take)
        or _too_large(
            model.kinds[order.kind],
            file.size_bytes or 0,
            f"The file of {take.name}",
            named(account),
        )
        or publishing.obstacle(account)
    )


def _too_long(model: ModelFacts, order: Order, file: Asset, take: Generation) -> str:
    most = model.kinds[order.kind].max_source_s
    if most is None or order.duration_s <= most:
        return ""
    return (
        f"{upper_first(take.name)} is {file.duration_s or 0:.1f} s long, and {model.title} takes "
        f"at most {most} s. Choose another model or a shorter take."
    )


def _too_large(facts: KindFacts, size_bytes: int, what: str, server: str) -> str:
    most = facts.max_source_bytes
    if most is None or size_bytes <= most:
        return ""
    return (
        f"{what} has {size_bytes / _MEGABYTE:.1f} MB, and {server} takes at most "
        f"{most // _MEGABYTE} MB. Choose a smaller one."
    )


def _larger(order: Order, take: Generation, file: Asset) -> str:
    """Return why an upscale wouldn't make it larger, or nothing."""
    if order.kind is not Kind.UPSCALE:
        return ""
    width, height = canvas(order.resolution, take.prompt.ratio)
    # Other ratios than 16:9 have about the same pixels, not exactly.
    if width * height > (file.width or 0) * (file.height or 0) * 1.1:
        return ""
    return (
        f"{upper_first(take.name)} is {file.width} × {file.height} already, no smaller than "
        f"{order.resolution}. Choose a higher resolution."
    )


def _under_way(take: Generation, but: Generation | None = None) -> str:
    """Return why another version must be waited for: two may answer under one id (sheet §2)."""
    versions = Generation.objects.filter(
        references__role="source", references__source=take, prompt__kind__in=BY_ID
    ).select_related("prompt", "version_of")
    for version in versions.exclude(pk=but.pk) if but else versions:
        pending = version.assets.filter(state=Asset.State.PENDING)
        coming = pending.exclude(kind__in=Asset.SMALL).exists()
        if version.is_unfinished or (version.state == State.COMPLETED and coming):
            return _UNDER_WAY.format(name=upper_first(version.name), server=named(take.account))
    return ""
