"""The catalogue: models, what each can do, and what it costs. The data is `catalogue.toml`."""

import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from generations.canvas import FPS, RATIOS, canvas

_FILE = Path(__file__).with_name("catalogue.toml")
_FOUR_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")

WORDS_MIN, WORDS_MAX = 3, 5000  # luma-dream-machine-v1 sheet §3


class CatalogueError(Exception):
    """The catalogue file holds something that can't be; the message names the entry."""


@dataclass(frozen=True)
class ProviderFacts:
    """What is true of a provider as a whole."""

    key: str
    title: str
    base_url: str
    concurrent_limit: int
    per_minute_limit: int


@dataclass(frozen=True)
class ModelFacts:
    """What a model can do, and its price."""

    provider: str
    key: str
    title: str
    kind: str
    durations_s: tuple[int, ...]
    resolutions: tuple[str, ...]
    ratios: tuple[str, ...]
    loop: bool
    concepts: bool
    usd_per_million_pixels: Decimal

    def price_usd(self, *, resolution: str, ratio: str, duration_s: int) -> Decimal:
        """Return the price of one take in dollars, to four places (sheet §12: per pixel)."""
        # Luma's table has one price per resolution; its 16:9 frame is the one that is priced.
        del ratio
        width, height = canvas(resolution, "16:9")
        pixels = width * height * FPS * duration_s
        price = Decimal(pixels) / 1_000_000 * self.usd_per_million_pixels
        return price.quantize(_FOUR_PLACES, ROUND_HALF_UP)


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be asked for."""

    providers: dict[str, ProviderFacts]
    models: dict[str, ModelFacts]
    concepts: tuple[str, ...]


def dollars(amount: Decimal) -> str:
    """Write an amount for a person, rounded up to the cent: `$0.71`."""
    return f"${amount.quantize(_CENT, ROUND_UP):,}"


@cache
def catalogue() -> Catalogue:
    """Return the catalogue. Raises CatalogueError when the file holds a mistake."""
    return read(_FILE.read_text())


def read(text: str) -> Catalogue:
    """Read a catalogue from TOML. Raises CatalogueError naming the entry and the reason."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{_FILE.name}: {error}") from error
    providers = {key: _provider(key, facts) for key, facts in data.get("providers", {}).items()}
    models = {facts.get("key", "?"): _model(facts) for facts in data.get("models", [])}
    for model in models.values():
        if model.provider not in providers:
            raise CatalogueError(f"model {model.key}: no provider is called {model.provider!r}")
    return Catalogue(providers, models, tuple(data.get("concepts", {}).get("keys", ())))


def _provider(key: str, facts: dict[str, Any]) -> ProviderFacts:
    try:
        return ProviderFacts(
            key=key,
            title=facts["title"],
            base_url=facts["base_url"],
            concurrent_limit=facts["concurrent_limit"],
            per_minute_limit=facts["per_minute_limit"],
        )
    except KeyError as error:
        raise CatalogueError(f"provider {key}: {error.args[0]} is missing") from error


def _model(facts: dict[str, Any]) -> ModelFacts:
    key = facts.get("key", "?")
    try:
        model = ModelFacts(
            provider=facts["provider"],
            key=facts["key"],
            title=facts["title"],
            kind=facts["kind"],
            durations_s=tuple(facts["durations_s"]),
            resolutions=tuple(facts["resolutions"]),
            ratios=tuple(facts["ratios"]),
            loop=facts["loop"],
            concepts=facts["concepts"],
            usd_per_million_pixels=Decimal(facts["usd_per_million_pixels"]),
        )
        for resolution in model.resolutions:
            canvas(resolution, "16:9")
    except KeyError as error:
        raise CatalogueError(f"model {key}: {error.args[0]} is missing or unknown") from error
    unknown = set(model.ratios) - set(RATIOS)
    if unknown:
        raise CatalogueError(f"model {key}: unknown ratio {', '.join(sorted(unknown))}")
    return model
