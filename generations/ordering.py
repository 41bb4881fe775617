"""Accepting work: an order is checked and priced, and becomes a take that waits its turn."""

import json
import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from generations import grabbing, publishing
from generations.catalogue import WORDS_MAX, WORDS_MIN, ModelFacts, catalogue
from generations.logs import about
from generations.models import Account, Counter, Event, Generation, Keyframe, Prompt, State, Still
from generations.refusal import Refused
from generations.waking import wake

log = logging.getLogger(__name__)

_FRAME_ELSEWHERE = (
    "It continues take {number}, which another account made. Remix it: it then starts from that "
    "take's last frame."
)
_MAY_BE_ALIVE = (
    "It may still be alive at Luma, and retrying would pay twice. Release its price first, once "
    "you have seen that it wasn't made."
)


@dataclass(frozen=True)
class Frame:
    """What stands at the start or the end of a take: a still, or an earlier take. Exactly one."""

    still: Still | None = None
    source: Generation | None = None


@dataclass(frozen=True)
class Order:
    """What a person asks for: words, settings and frames."""

    words: str
    model: str = "ray-2"
    ratio: str = "16:9"
    resolution: str = "720p"
    duration_s: int = 5
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Frame | None = None
    end: Frame | None = None


def quote_usd(order: Order) -> Decimal:
    """Return the price of one take in dollars, to four places. Raises Refused."""
    model = _model_of(order)
    _raise(_settings_errors(order, model))
    return model.price_usd(
        resolution=order.resolution, ratio=order.ratio, duration_s=order.duration_s
    )


def accept(
    project: Any,
    author: Any,
    order: Order,
    *,
    parent: Prompt | None = None,
    key: UUID | None = None,
) -> Generation:
    """Accept an order: its prompt, its take and the reservation of its price, or nothing.

    `project` is a studio Project, `author` a User. The same order under the same `key` is
    accepted once: a person whose answer was lost may send it again. Raises Refused.
    """
    order_key = _order_key(key, order, parent) if key else None
    known = Generation.objects.filter(project=project, order_key=order_key)
    if order_key and (already := known.first()):
        return already
    try:
        return _accept(project, author, order, parent, order_key)
    except IntegrityError:
        already = known.first() if order_key else None
        if already is None:
            raise
        return already


def retry(generation: Generation, actor: Any) -> None:
    """Order a failed or cancelled take again: the same card, a new attempt, today's price.

    Raises Refused in words when it can't be, and then changes nothing.
    """
    prompt = generation.prompt
    order = Order(
        words=prompt.words,
        model=prompt.model,
        ratio=prompt.ratio,
        resolution=prompt.resolution,
        duration_s=prompt.duration_s,
        loop=prompt.loop,
        concepts=tuple(prompt.concepts),
    )
    price_usd = quote_usd(order)
    account = _account_for(generation.project, _model_of(order))
    for keyframe in generation.keyframes.select_related("source", "still"):
        source = keyframe.source
        if source and source.account_id != account.pk:
            raise Refused({"": _FRAME_ELSEWHERE.format(number=source.take_number)})
        problem = publishing.obstacle(account) if keyframe.still else ""
        if problem:
            raise Refused({"": problem})
    if generation.is_unreleased:
        raise Refused({"": _MAY_BE_ALIVE})
    with transaction.atomic():
        if not generation.retry(account, price_usd, actor):
            raise Refused({"": f"Take {generation.take_number} isn't waiting to be retried."})
        wake("submit_due", account.pk)


def _account_for(project: Any, model: ModelFacts) -> Account:
    mine = Account.objects.filter(team_id=project.team_id, provider=model.provider)
    account = mine.usable().first()
    if account is None:
        raise Refused({"model": _no_account(model)})
    return account


def _order_key(key: UUID, order: Order, parent: Prompt | None) -> UUID:
    """Return a key for this very order under its sender's key: a changed one has another."""
    frames = [
        None
        if frame is None
        else frame.still.sha256
        if frame.still
        else str(frame.source and frame.source.uuid)
        for frame in (order.start, order.end)
    ]
    asked = [
        *(order.words.strip(), order.model, order.ratio, order.resolution, order.duration_s),
        *(order.loop, sorted(order.concepts), frames, parent and str(parent.uuid)),
    ]
    return uuid5(key, json.dumps(asked))


def _accept(
    project: Any, author: Any, order: Order, parent: Prompt | None, order_key: UUID | None
) -> Generation:
    price_usd = quote_usd(order)
    model = _model_of(order)
    account = _account_for(project, model)
    _raise(_words_errors(order) | _frame_errors(order, project, account))
    frames = {
        position: _frame_for(account, position, frame, author)
        for position, frame in (("start", order.start), ("end", order.end))
        if frame
    }
    now = timezone.now()
    with transaction.atomic():
        prompt = Prompt.objects.create(
            project=project,
            author=author,
            parent=parent,
            words=order.words.strip(),
            model=order.model,
            ratio=order.ratio,
            resolution=order.resolution,
            duration_s=order.duration_s,
            loop=order.loop,
            concepts=list(order.concepts),
        )
        generation = Generation.objects.create(
            project=project,
            prompt=prompt,
            author=author,
            account=account,
            take_number=Counter.next(project.pk, "takes"),
            order_key=order_key,
            state=State.WAITING,
            price_usd=price_usd,
            next_at=now,
            waiting_since=now,
        )
        for position, frame in frames.items():
            Keyframe.objects.create(
                generation=generation, position=position, still=frame.still, source=frame.source
            )
        generation.prepare_attempt(account, price_usd)
        event = Event.record(generation, State.WAITING, actor=author)
        Generation.objects.filter(pk=generation.pk).update(last_event=event.number)
        generation.last_event = event.number
        wake("submit_due", account.pk)
    with about(generation):
        log.info("state=waiting project=%s price_usd=%s", project.slug, price_usd)
    return generation


def _model_of(order: Order) -> ModelFacts:
    model = catalogue().models.get(order.model)
    if model is None:
        known = ", ".join(catalogue().models)
        raise Refused({"model": f"There is no model called {order.model}. Choose one of: {known}."})
    return model


def _settings_errors(order: Order, model: ModelFacts) -> dict[str, str]:
    errors = {}
    for field, value, allowed in (
        ("ratio", order.ratio, model.ratios),
        ("resolution", order.resolution, model.resolutions),
    ):
        if value not in allowed:
            errors[field] = (
                f"{model.title} doesn't make {value}. Choose one of: {', '.join(allowed)}."
            )
    if order.duration_s not in model.durations_s:
        lengths = ", ".join(f"{seconds} s" for seconds in model.durations_s)
        errors["duration_s"] = (
            f"{model.title} doesn't make {order.duration_s} s. Choose one of: {lengths}."
        )
    unknown = [concept for concept in order.concepts if concept not in catalogue().concepts]
    if unknown:
        errors["concepts"] = f"There is no camera concept called {', '.join(unknown)}. Take it out."
    elif order.concepts and not model.concepts:
        errors["concepts"] = f"{model.title} takes no camera concepts. Take them out."
    if order.loop and not model.loop:
        errors["loop"] = f"{model.title} can't make loops. Switch Loop off."
    elif order.loop and order.start and order.end:
        errors["loop"] = (
            "A loop can't have both a start and an end frame. Take one out or switch Loop off."
        )
    elif order.loop and order.end and order.end.source:
        errors["loop"] = "A loop can't lead up to another take. Take it out or switch Loop off."
    return errors


def _words_errors(order: Order) -> dict[str, str]:
    length = len(order.words.strip())
    has_image = any(frame and frame.still for frame in (order.start, order.end))
    if length == 0 and has_image:
        return {}
    if length < WORDS_MIN:
        return {"words": f"Write at least {WORDS_MIN} characters: what is seen, and how it moves."}
    if length > WORDS_MAX:
        return {
            "words": f"These are {length:,} characters, and {WORDS_MAX:,} is the limit. "
            f"Shorten by {length - WORDS_MAX:,}."
        }
    return {}


def _frame_errors(order: Order, project: Any, account: Account) -> dict[str, str]:
    errors = {}
    for field, frame in (("start", order.start), ("end", order.end)):
        if frame is None:
            continue
        problem = _frame_problem(frame, project, account)
        if problem:
            errors[field] = problem
    return errors


def _frame_problem(frame: Frame, project: Any, account: Account) -> str:
    if frame.source:
        return _take_problem(frame.source, project, account)
    if frame.still is None or frame.still.project_id != project.pk:
        return "That picture belongs to another project. Upload it here."
    return publishing.obstacle(account)


def _take_problem(take: Generation, project: Any, account: Account) -> str:
    if take.project_id != project.pk:
        return "That take belongs to another project. Choose one of this project."
    if take.state != State.COMPLETED:
        return f"Take {take.take_number} isn't finished yet. Wait for it or choose another."
    if take.account_id == account.pk:
        return ""
    if not grabbing.has_frames(take):
        return f"The file of take {take.take_number} isn't here yet. Wait for it."
    return publishing.obstacle(account)


def _frame_for(account: Account, position: str, frame: Frame, author: Any) -> Frame:
    """Return what the account can be given: only an account's own takes can be continued there.

    Another account's take is continued from its last frame, or led up to its first, as a still.
    """
    take = frame.source
    if take is None or take.account_id == account.pk:
        return frame
    which = grabbing.Which.LAST if position == "start" else grabbing.Which.FIRST
    return Frame(still=grabbing.grab(take, which, author))


def _no_account(model: ModelFacts) -> str:
    provider = catalogue().providers[model.provider].title
    return (
        f"This team has no usable account for {provider}. Set LUMA_API_KEY and start Dailies "
        "again, or run it without a key to use the simulator."
    )


def _raise(errors: dict[str, str]) -> None:
    if errors:
        raise Refused(errors)
