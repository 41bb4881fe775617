"""Fields of the timeline's page that keep what was typed when it wasn't saved."""

from typing import Any

from django import template

from studio.typed import Typed

register = template.Library()


@register.simple_tag(takes_context=True)
def kept(context: Any, form: str, name: str, otherwise: str) -> str:
    """Return what was typed in a field of a form and not saved, or else what it shows."""
    typed = _of(context, form)
    return typed.sent.get(name, "") if typed else otherwise


@register.simple_tag(takes_context=True)
def wrong(context: Any, form: str, name: str) -> str:
    """Return the reason that stands at a field of a form, or nothing."""
    typed = _of(context, form)
    return typed.errors.get(name, "") if typed else ""


@register.simple_tag(takes_context=True)
def is_kept(context: Any, form: str) -> bool:
    """Tell whether a form shows what wasn't saved."""
    return _of(context, form) is not None


def _of(context: Any, form: str) -> Typed | None:
    """Find what was typed in a form, which is named by its verbs."""
    typed: Typed | None = context.get("typed")
    return typed if typed and typed.is_typed and typed.verb in form.split() else None
