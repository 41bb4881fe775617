"""Judging an order before anything is sent or charged: settings, words, frames."""

from typing import Any

from generations import grabbing, preflight, publishing
from generations.catalogue import REFERENCES, WORDS_MAX, WORDS_MIN, KindFacts, ModelFacts, catalogue
from generations.checking_options import keyframes_problem, option_errors
from generations.choosing import no_hdr_words
from generations.kinds import Kind
from generations.models import Account, Generation, State, Still
from generations.orders import Frame, Order, out_of_reach
from generations.refusal import Refused, upper_first


def settings_errors(order: Order, model: ModelFacts) -> dict[str, str]:
    """Return what is wrong with an order's settings, by field."""
    facts = model.kinds[order.kind]
    errors = {}
    for field, value, allowed in (
        ("ratio", order.ratio, facts.ratios),
        ("resolution", order.resolution, facts.resolutions),
        ("mode", order.mode, facts.modes),
        ("image_format", order.image_format, facts.formats),
    ):
        if allowed and value not in allowed:
            made = (
                f"{model.title} doesn't make {value}." if value else "Something has to be chosen."
            )
            errors[field] = f"{made} Choose one of: {', '.join(allowed)}."
    if facts.durations_s and order.duration_s not in facts.durations_s:
        lengths = ", ".join(f"{seconds} s" for seconds in facts.durations_s)
        errors["duration_s"] = (
            f"{model.title} doesn't make {order.duration_s} s. Choose one of: {lengths}."
        )
    return (
        errors
        | _concept_errors(order, model)
        | _loop_errors(order, model)
        | _place(order, facts)
        | option_errors(order, model)
    )


def _concept_errors(order: Order, model: ModelFacts) -> dict[str, str]:
    unknown = [concept for concept in order.concepts if concept not in catalogue().concepts]
    if unknown:
        words = f"There is no camera concept called {', '.join(unknown)}. Take it out."
        return {"concepts": words}
    if order.concepts and not model.kinds[order.kind].concepts:
        return {"concepts": f"{model.title} takes no camera concepts. Take them out."}
    return {}


def _loop_errors(order: Order, model: ModelFacts) -> dict[str, str]:
    if not order.loop:
        return {}
    words = ""
    if not model.kinds[order.kind].loop:
        words = f"{model.title} can't make loops. Switch Loop off."
    elif order.start and order.end:
        words = "A loop can't have both a start and an end frame. Take one out or switch Loop off."
    elif order.end and order.end.source:
        words = "A loop can't lead up to another take. Take it out or switch Loop off."
    return {"loop": words} if words else {}


def _place(order: Order, facts: KindFacts) -> dict[str, str]:
    """Return what is wrong with where a source is placed (sheet §7)."""
    if order.placement is None:
        return {}
    if not facts.placement:
        return {"placement": "Nothing can be placed here. Leave the place out."}
    if order.ratio not in facts.ratios:
        return {}  # that is said of the ratio
    width, height = canvas = facts.canvas(order.ratio)
    if order.placement.fits(canvas):
        return {}
    return {"placement": f"The picture must lie on the canvas of {width} × {height}. Move it."}


def access_errors(order: Order, account: Account) -> dict[str, str]:
    """Return what an account's key may not do of an order, by field, as far as that is known."""
    if not (order.hdr and account.has_no_hdr):
        return {}
    return {"hdr": f"{no_hdr_words(account.hdr_told_at)} Switch HDR off until then."}


def words_errors(order: Order, facts: KindFacts) -> dict[str, str]:
    """Return what is wrong with an order's words, by field."""
    errors = {}
    has_image = any(frame and frame.still for frame in (order.start, order.end))
    speaks = order.kind is Kind.VIDEO and has_image and facts.words != "always"
    needed = facts.words in ("required", "always") and not speaks
    most = facts.words_most or WORDS_MAX
    if problem := _words_problem(order.words, needed=needed, most=most):
        errors["words"] = problem
    if problem := _words_problem(order.negative_words, needed=False):
        errors["negative_words"] = problem
    if order.negative_words.strip() and not facts.negative_words:
        errors["negative_words"] = "Words to keep out are for sound alone. Take them out."
    return errors


def _words_problem(words: str, *, needed: bool, most: int = WORDS_MAX) -> str:
    length = len(words.strip())
    if length == 0 and not needed:
        return ""
    if length < WORDS_MIN:
        return f"Write at least {WORDS_MIN} characters: what is seen, and how it moves."
    if length > most:
        over = length - most
        return f"These are {length:,} characters, and {most:,} is the limit. Shorten by {over:,}."
    return ""


def frame_errors(order: Order, project: Any, account: Account) -> dict[str, str]:
    """Return what is wrong with an order's frames, by position."""
    errors = {}
    facts = catalogue().models[order.model].kinds[order.kind]
    for field, frame in (("start", order.start), ("end", order.end)):
        if frame is None:
            continue
        if order.kind is not Kind.VIDEO and not (facts.first_frame and field == "start"):
            errors[field] = f"This takes no {field} frame. Take it out."
        elif (problem := _frame_problem(frame, project, account)) or (
            # Of another's first frame the sheet (§8) asks no ratio: a modified video's is its
            # source's, and a reframed one's may be of the source or of the new canvas.
            order.kind is Kind.VIDEO
            and order.ratio in facts.ratios
            and (problem := preflight.frame_problem(frame, order.ratio, account))
        ):
            errors[field] = problem
    for pinned in order.keyframes:
        problem = _frame_problem(pinned.frame, project, account, as_picture=True)
        if not problem and order.kind is Kind.VIDEO and order.ratio in facts.ratios:
            problem = preflight.frame_problem(pinned.frame, order.ratio, account)
        if problem:
            errors.setdefault("keyframes", f"Frame {pinned.number}: {problem}")
    if problem := keyframes_problem(order, catalogue().models[order.model]):
        errors["keyframes"] = problem
    return errors


def reference_errors(order: Order, project: Any, account: Account) -> dict[str, str]:
    """Return what is wrong with the pictures that an image is made after (sheet §7)."""
    facts = catalogue().models[order.model].kinds[order.kind]
    for role in REFERENCES:
        count = sum(each.role == role for each in order.references)
        most = facts.references.get(role, 0)
        if count > most:
            pictures = "picture" if most == 1 else "pictures"
            words = (
                f"At most {most} {role} {pictures}: take {count - most} out, or use it otherwise."
            )
            return {"references": words}
    if (more := len(order.references) - facts.most_references) > 0:
        words = f"At most {facts.most_references} pictures in all: take {more} out."
        return {"references": words}
    for each in order.references:
        if each.role not in REFERENCES:
            return {"references": f"There is no use called {each.role}. Choose another."}
        if each.weight is not None and not 0 <= each.weight <= 1:
            return {"references": f"A weight of {each.weight} isn't between 0 and 1. Change it."}
        problem = _frame_problem(Frame(still=each.still), project, account)
        if problem:
            return {"references": problem}
    return {}


def _frame_problem(
    frame: Frame, project: Any, account: Account, *, as_picture: bool = False
) -> str:
    if frame.source:
        return _take_problem(frame.source, project, account, as_picture=as_picture)
    if frame.still is None or frame.still.project_id != project.pk:
        return "That picture belongs to another project. Upload it here."
    made = frame.still.source if frame.still.origin == Still.Origin.GENERATED else None
    # A generated picture is its take; a frame that was grabbed stays when its take is deleted.
    return (out_of_reach(made, project) if made else "") or publishing.obstacle(account)


def _take_problem(
    take: Generation, project: Any, account: Account, *, as_picture: bool = False
) -> str:
    name = upper_first(take.name)
    if words := out_of_reach(take, project):
        return words
    if take.state != State.COMPLETED:
        return f"{name} isn't finished yet. Wait for it or choose another."
    if take.prompt.is_picture:
        return f"{name} is a picture. Put its still here instead: choose Animate at it."
    if take.is_known_at(account) and not as_picture:
        return ""
    if not grabbing.has_frames(take):
        return f"The file of {take.name} isn't here yet. Wait for it."
    return publishing.obstacle(account)


def refuse(errors: dict[str, str]) -> None:
    """Raise Refused if there are errors."""
    if errors:
        raise Refused(errors)
