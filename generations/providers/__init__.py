"""The providers, and which one speaks for an account."""

from typing import Any

from django.conf import settings

from generations import inside
from generations.catalogue import catalogue
from generations.models import Account
from generations.providers import crazyrouter, luma, luma_agents, openai_images
from generations.providers.base import Provider, Request
from generations.refusal import upper_first

_PROVIDERS: dict[str, type[Provider]] = {
    "luma": luma.Luma,
    "luma-agents": luma_agents.LumaAgents,
    "openai": openai_images.OpenAIImages,
    "images": openai_images.OpenAIImages,
    "crazyrouter": crazyrouter.Crazyrouter,
}
_POSTS = {
    "luma": luma.post_of,
    "luma-agents": luma_agents.post_of,
    "openai": openai_images.post_of,
    "images": openai_images.post_of,
    "crazyrouter": crazyrouter.post_of,
}


def provider_for(account: Account) -> Provider:
    """Return the provider that speaks for an account. Raises CannotUnseal."""
    speaks = _PROVIDERS[account.provider]
    return speaks(
        account.reveal_key(),
        _base_url(account),
        account.model_name,
        inside=inside.may_be(account),
    )


def named(account: Account) -> str:
    """Return what sentences call an account's provider."""
    return catalogue().providers[account.provider].called


def called(account: Account) -> str:
    """Return what sentences call an account's provider, as one begins."""
    return upper_first(named(account))


def abilities_of(account: Account) -> type[Provider]:
    """Return what an account's provider can do, as its class says it; no key is needed."""
    return _PROVIDERS[account.provider]


def those_that(ability: str) -> list[str]:
    """Return the keys of the providers with an ability: `can_list`, `can_delete` …"""
    return [key for key, provider in _PROVIDERS.items() if getattr(provider, ability)]


def answers_within_s(account: Account) -> float:
    """Return how long a create at an account may take, in seconds."""
    return abilities_of(account).answers_within_s or settings.SUBMIT_TIMEOUT_S


def post_of(account: Account, request: Request) -> tuple[str, dict[str, Any]]:
    """Return what a create posts at an account: the address and the body; no key is needed.

    Raises NotFound for an id that its provider can't have made.
    """
    path, body = _POSTS[account.provider](request)
    if account.model_name:
        body = body | {"model": account.model_name}
    return _base_url(account).rstrip("/") + path, body


def _base_url(account: Account) -> str:
    return account.base_url or catalogue().providers[account.provider].base_url
