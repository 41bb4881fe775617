"""The catalogue: models, what each can do, and what it costs. The data is `catalogue.toml`."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import cache
from pathlib import Path

from generations import toml_tables
from generations.canvas import ALL_RATIOS, LAYER_RESOLUTIONS, RESOLUTIONS
from generations.catalogue_facts import (
    BucketFacts,
    Catalogue,
    KindFacts,
    ModelFacts,
    ProviderFacts,
    Rate,
)
from generations.kinds import Kind
from generations.toml_tables import Mistake, Table

__all__ = [
    "REFERENCES",
    "WORDS_MAX",
    "WORDS_MIN",
    "BucketFacts",
    "CatalogueError",
    "KindFacts",
    "ModelFacts",
    "ProviderFacts",
    "catalogue",
    "dollars",
    "dollars_exact",
    "dollars_left",
    "read",
]

_FILE = Path(__file__).with_name("catalogue.toml")
_FOUR_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")
_RATES = ("usd_per_million_pixels", "usd_per_second", "usd_per_take", "own_price_per")
_UNITS = ("million_pixels", "second", "take")
_WORDS = ("required", "optional", "always")
_FORMATS = ("jpg", "png")
_QUALITIES = ("low", "medium", "high")
REFERENCES = ("image", "style", "character", "modify")
CHOICES = (
    *("loop", "hdr", "exr", "keyframes", "start", "end", "start picture", "end picture"),
    *("start take", "end take", "first frame", *RESOLUTIONS, *ALL_RATIOS, "5 s", "10 s"),
)
"""What the rules of `never_together` may speak of."""

WORDS_MIN, WORDS_MAX = 3, 5000  # luma-dream-machine-v1 sheet §3


class CatalogueError(Exception):
    """The catalogue file holds something that can't be; the message names line and reason."""


def dollars(amount: Decimal) -> str:
    """Write an amount for a person, rounded up to the cent: `$0.71`."""
    return f"${amount.quantize(_CENT, ROUND_UP):,}"


def dollars_exact(amount: Decimal) -> str:
    """Write a sum as it is booked, with four places where cents don't suffice: `$0.7078`, `$2.50`.

    Sums that are written so add up. Below nothing: `−$0.7078`.
    """
    cents = amount.quantize(_CENT, ROUND_HALF_UP)
    shown = cents if cents == amount else amount.quantize(_FOUR_PLACES, ROUND_HALF_UP)
    return f"{'−' if shown < 0 else ''}${abs(shown):,}"


def dollars_left(amount: Decimal) -> str:
    """Write what is left for a person, rounded down to the cent: `$0.70`, or `nothing`."""
    left = amount.quantize(_CENT, ROUND_DOWN)
    return f"${left:,}" if left > 0 else "nothing"


@cache
def catalogue() -> Catalogue:
    """Return the catalogue. Raises CatalogueError when the file holds a mistake."""
    return read(_FILE.read_text())


def read(text: str) -> Catalogue:
    """Read a catalogue from TOML. Raises CatalogueError with the line and the reason."""
    try:
        return _read(toml_tables.read(text))
    except Mistake as mistake:
        raise CatalogueError(f"{_FILE.name}, {mistake}") from mistake


def _read(file: Table) -> Catalogue:
    named = file.table("providers")
    providers = {key: _provider(key, named.table(key)) for key in named.names()}
    models: dict[str, ModelFacts] = {}
    tables = file.tables("models")
    for table in tables:
        model = _model(table, providers)
        if model.key in models:
            raise table.mistake("key", f"is {model.key}, as another model's is")
        models[model.key] = model
    for table, model in zip(tables, models.values(), strict=True):
        for name in ("successor", "finals_with"):
            if (other := getattr(model, name)) and other not in models:
                raise table.mistake(name, f"is {other}, and there is no such model")
    concepts = file.table("concepts")
    keys = concepts.texts("keys")
    _origin(concepts)
    concepts.close()
    file.close()
    return Catalogue(providers, models, keys)


def _provider(key: str, table: Table) -> ProviderFacts:
    title = table.text("title")
    base_url = table.text("base_url") if "base_url" in table else ""
    if base_url and not base_url.startswith("https://"):
        raise table.mistake("base_url", "must begin with https://")
    source, checked = _origin(table)
    named = table.table("buckets")
    buckets = {name: _bucket(name, named.table(name)) for name in named.names()}
    if not buckets:
        raise table.mistake("buckets", "is missing")
    keys_begin = table.texts("keys_begin")
    called = table.text("called") if "called" in table else title
    table.close()
    return ProviderFacts(key, title, base_url, buckets, source, checked, keys_begin, called)


def _bucket(key: str, table: Table) -> BucketFacts:
    title = table.text("title")
    limits = table.whole("concurrent_limit"), table.whole("per_minute_limit")
    bucket = BucketFacts(key, title, *limits, *_origin(table))
    table.close()
    return bucket


def _model(table: Table, providers: dict[str, ProviderFacts]) -> ModelFacts:
    provider, key = table.text("provider"), table.text("key")
    if provider not in providers:
        raise table.mistake("provider", f"is {provider}, and there is only {', '.join(providers)}")
    title, bucket = table.text("title"), table.text("bucket")
    buckets = providers[provider].buckets
    if bucket not in buckets:
        raise table.mistake("bucket", f"is {bucket}, and there is only {', '.join(buckets)}")
    source, checked = _origin(table)
    sunset = table.day("sunset") if "sunset" in table else None
    successor = table.text("successor") if "successor" in table else ""
    finals_with = table.text("finals_with") if "finals_with" in table else ""
    kinds = {kind: _kind(kind, table.table(kind)) for kind in Kind if kind in table}
    table.close()
    if not kinds:
        raise Mistake(table.line(), f"model {key} makes nothing: it has no table of a kind")
    after = sunset, successor, finals_with
    return ModelFacts(provider, key, title, bucket, kinds, source, checked, *after)


def _kind(kind: Kind, table: Table) -> KindFacts:
    references = table.table("references")
    facts = KindFacts(
        kind=kind,
        rate=_rate(table),
        words=_choice(table, "words", _WORDS, "none"),
        words_most=table.whole("words_most") if "words_most" in table else 0,
        negative_words=table.flag("negative_words"),
        durations_s=table.wholes("durations_s"),
        resolutions=table.texts(
            "resolutions", LAYER_RESOLUTIONS if kind is Kind.LAYERS else RESOLUTIONS
        ),
        size_is_fixed=table.flag("size_is_fixed"),
        ratios=table.texts("ratios", ALL_RATIOS),
        loop=table.flag("loop"),
        extends=table.flag("extends"),
        extends_alike=table.flag("extends_alike"),
        interpolates=table.flag("interpolates"),
        keyframes=table.whole("keyframes") if "keyframes" in table else 0,
        keyframes_sure=table.whole("keyframes_sure") if "keyframes_sure" in table else 0,
        hdr=table.flag("hdr"),
        exr=table.flag("exr"),
        controls=table.flag("controls"),
        never_together=table.pairs("never_together", CHOICES),
        concepts=table.flag("concepts"),
        modes=table.texts("modes"),
        formats=table.texts("formats", _FORMATS),
        qualities=table.texts("qualities", _QUALITIES),
        references={r: references.whole(r) for r in REFERENCES if r in references},
        references_in_all=table.whole("references_in_all") if "references_in_all" in table else 0,
        weights=table.flag("weights"),
        first_frame=table.flag("first_frame"),
        placement=table.flag("placement"),
        max_source_s=table.whole("max_source_s") if "max_source_s" in table else None,
        max_source_bytes=table.whole("max_source_bytes") if "max_source_bytes" in table else None,
        source=table.text("source"),
        checked=table.day("checked"),
    )
    references.close()
    table.close()
    # Every price and every progress is told by its resolution; a video also needs its length.
    for name in ("resolutions", *(("durations_s", "ratios") if kind is Kind.VIDEO else ())):
        if not getattr(facts, name):
            raise table.mistake(name, "is missing")
    return facts


def _rate(table: Table) -> Rate:
    given = [name for name in _RATES if name in table]
    if len(given) != 1:
        reason = f"must stand alone: a price is one of {', '.join(_RATES)}"
        raise table.mistake(given[1] if given else _RATES[0], reason if given else "is missing")
    if given == ["own_price_per"]:
        return Rate(Decimal(0), _choice(table, "own_price_per", _UNITS, ""), is_published=False)
    usd = table.dollars(given[0])
    named = table.table("times")
    times = {name: named.dollars(name) for name in named.names()}
    extra_usd = table.dollars("usd_per_picture") if "usd_per_picture" in table else Decimal(0)
    per = given[0].removeprefix("usd_per_")
    return Rate(usd, per, table.flag("estimated"), times, extra_usd)


def _choice(table: Table, name: str, choices: tuple[str, ...], default: str) -> str:
    if name not in table:
        return default
    value = table.text(name)
    if value not in choices:
        raise table.mistake(name, f"is {value}, and must be {' or '.join(choices)}")
    return value


def _origin(table: Table) -> tuple[str, date]:
    return table.text("source"), table.day("checked")
