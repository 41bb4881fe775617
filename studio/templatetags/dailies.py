"""How numbers, times and titles are written for people."""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations import catalogue
from generations.canvas import FPS
from generations.kinds import Kind
from generations.models import Generation
from studio import drafts, membering
from studio.access import may_discard
from studio.cards import lower_first
from studio.forms.offering import pinning_models
from studio.forms.slots import SLOTS
from studio.models import Project, Role
from studio.prompting import improving
from studio.sheets import sheet_of
from studio.timecode import frames_in
from studio.timecode import timecode as as_timecode

register = template.Library()


@register.simple_tag(takes_context=True)
def may_delete(context: Any, take: Generation) -> bool:
    """Tell whether the person who looks may delete a take of the page's project."""
    return may_discard(context["user"], take, Role(context["project"].role))


@register.simple_tag(takes_context=True)
def draft_name(context: Any) -> str:
    """Name the draft of the person who looks, in the page's project."""
    return drafts.name_of(context["project"], context["user"])


@register.simple_tag
def sends_mail() -> bool:
    """Tell whether this server's mail reaches anybody."""
    return membering.sends_mail()


@register.simple_tag(takes_context=True)
def wrong(context: Any, name: str, found: object) -> SafeString:
    """Return what marks a field with an error, which has the focus where a page is loaded whole.

    Where a page changes a part of itself its script moves the focus (static/js/composer.js).
    """
    if not found:
        return SafeString("")
    focus = "" if context["request"].htmx else " autofocus"
    return format_html(' aria-invalid="true" aria-describedby="{}-error"{}', name, focus)


@register.filter
def offered(model: catalogue.ModelFacts) -> str:
    """Name a model as it is offered: near its sunset with the day from which it isn't."""
    return model.offered_as(timezone.now().date())


@register.filter
def dollars(amount: Decimal | None) -> str:
    """Write an amount rounded up to the cent: `$0.71`."""
    return catalogue.dollars(amount if amount is not None else Decimal(0))


@register.filter
def dollars_exact(amount: Decimal) -> str:
    """Write a sum of the books so that parts add up to their total: `$0.7078`, `−$2.50`."""
    return catalogue.dollars_exact(amount)


@register.filter
def as_typed(amount: Decimal | None) -> str:
    """Write an amount as a person types it: `250`, `0.5`, or nothing."""
    return f"{amount.normalize():f}" if isinstance(amount, Decimal) else ""


@register.filter
def dollars_left(amount: Decimal) -> str:
    """Write what is left, rounded down to the cent, or `nothing`."""
    return catalogue.dollars_left(amount)


@register.filter
def clock(seconds: float | None) -> str:
    """Write a length as minutes and seconds: `0:05`."""
    whole = round(seconds or 0)
    return f"{whole // 60}:{whole % 60:02}"


@register.filter
def timecode(frame: int, fps: float) -> str:
    """Write a frame's number as `00:00:01:12`."""
    return as_timecode(frame, fps)


@register.filter
def moment(frame: int, fps: float) -> str:
    """Write where a frame is, to a tenth of a second: `0:04.2`."""
    tenths = int(frame / (fps or FPS) * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"


@register.filter
def timecode_typed(frame: int) -> str:
    """Write a place in a cut as a person types it, without hours that it hasn't: `0:01:12`."""
    hours, rest = as_timecode(frame, FPS).split(":", 1)
    return rest.removeprefix("0") if hours == "00" else f"{hours}:{rest}"


@register.filter
def in_frames(seconds: float | None) -> int:
    """Count the frames of a length in seconds, 24 to a second."""
    return frames_in(seconds, FPS)


@register.filter(name="lower_first")
def as_lower_first(words: str) -> str:
    """Write a phrase as it stands inside a sentence."""
    return lower_first(words)


@register.filter
def ago(moment: datetime) -> str:
    """Write a past moment as it is said: `just now`, `12 min ago`, `Nov 3`."""
    past = timezone.now() - moment
    if past < timedelta(minutes=1):
        return "just now"
    if past < timedelta(hours=1):
        return f"{past.seconds // 60} min ago"
    if past < timedelta(days=1):
        return f"{past.seconds // 3600} h ago"
    return date_format(moment, "M j" if moment.year == timezone.now().year else "M j, Y")


@register.filter
def sentence_case(key: str) -> str:
    """Write a catalogue key as words: `push_in` becomes `Push in`."""
    return key.replace("_", " ").capitalize()


@register.filter(is_safe=True)
def title_as_sentence(title: str) -> str:
    """Write an English title as a sentence: `Make Primary` becomes `Make primary`; `QR` stays."""
    first, *rest = re.split(r"(?<=[\s(-])", title.strip(), maxsplit=1)
    lower = re.sub(r"\b[A-Z][a-z]+\b", lambda word: word[0].lower(), "".join(rest))
    return first + lower


@register.filter
def can_pin(project: Project) -> bool:
    """Tell whether a project's team can order a model that takes pinned pictures."""
    return bool(pinning_models(Kind.VIDEO, project))


@register.filter
def as_json(value: Any) -> str:
    """Write what a script is told in an attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def wrapped(authenticators: Iterable[Any]) -> list[Any]:
    """Give allauth's rows what their kind can tell: a passkey its name."""
    return [each.wrap() for each in authenticators]


@register.simple_tag
def slot_names() -> str:
    """Name the composer's file fields, which go only with an order: `start,end,ref0,…`."""
    return ",".join(SLOTS)


@register.simple_tag
def has_prompt_helper() -> bool:
    """Tell whether a helper with words is configured."""
    return improving.is_there()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of `_icons.html`, hidden from screen readers: its button has the words."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def stylesheets(names: str) -> SafeString:
    """Link the stylesheets of `static/css` that a page names, in their order, as one request."""
    joined = ".".join(names.split())
    address = reverse("sheet", args=[sheet_of(joined).digest, joined])
    return format_html('<link rel="stylesheet" href="{}">', address)
