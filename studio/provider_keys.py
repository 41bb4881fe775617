"""Whether the providers' keys of the environment can be what they are said to be."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from generations.addresses import origin

_NEWER_KEYS = "luma-api-"  # luma-agents-v1 sheet §1; those of Dream Machine begin otherwise


def check(*, luma: str, luma_agents: str, images: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured, with the remedy, where a key can't be one of its provider.

    `images` are the address, key and model of an images server, as BASE_URL, API_KEY and MODEL.
    """
    _check_images(images)
    if luma.startswith(_NEWER_KEYS):
        raise ImproperlyConfigured(
            "LUMA_API_KEY holds a key of Luma Agents, as it begins. Put it into "
            "LUMA_AGENTS_API_KEY."
        )
    if luma_agents and not luma_agents.startswith(_NEWER_KEYS):
        raise ImproperlyConfigured(
            f"LUMA_AGENTS_API_KEY holds no key of Luma Agents: those begin with {_NEWER_KEYS}. A "
            "key of Dream Machine goes into LUMA_API_KEY."
        )


def _check_images(images: Mapping[str, str]) -> None:
    if any(images.values()) and not all(images.values()):
        missing = " and no ".join(f"IMAGES_{name}" for name, value in images.items() if not value)
        raise ImproperlyConfigured(
            f"An images server has an address, a key and a model, and there is no {missing}. A "
            "server that wants no key takes any."
        )
    if images["BASE_URL"] and not _is_address(images["BASE_URL"]):
        raise ImproperlyConfigured(
            "IMAGES_BASE_URL must be an address such as https://images.example.com/v1, or "
            "http://127.0.0.1:8080/v1 for a server on this machine, without a user or password."
        )


def _is_address(url: str) -> bool:
    where = origin(url)
    return where is not None and where[0] in ("http", "https")
