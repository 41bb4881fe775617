"""The catalogue: models, what each can do, and what it costs. The data is `catalogue.toml`."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import cache
from pathlib import Path

from generations import toml_tables
from generations.canvas import ALL_RATIOS, FPS, RESOLUTIONS, canvas, image_canvas
from generations.kinds import PICTURES, Kind
from generations.toml_tables import Mistake, Table

_FILE = Path(__file__).with_name("catalogue.toml")
_FOUR_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")
_RATES = ("usd_per_million_pixels", "usd_per_second", "usd_per_take")
_WORDS = ("required", "optional", "always")
_FORMATS = ("jpg", "png")
REFERENCES = ("image", "style", "character", "modify")
CHOICES = (
    *("loop", "hdr", "exr", "keyframes", "start", "end", "start picture", "end picture"),
    *("start take", "end take", "first frame", *RESOLUTIONS, *ALL_RATIOS, "5 s", "10 s"),
)
"""What the rules of `never_together` may speak of."""

WORDS_MIN, WORDS_MAX = 3, 5000  # luma-dream-machine-v1 sheet §3
_WARNED_BEFORE = timedelta(days=30)


class CatalogueError(Exception):
    """The catalogue file holds something that can't be; the message names line and reason."""


@dataclass(frozen=True)
class BucketFacts:
    """Limits that some of a provider's models share: jobs in flight, creates in any 60 s."""

    key: str
    title: str
    concurrent_limit: int
    per_minute_limit: int
    source: str
    checked: date


@dataclass(frozen=True)
class ProviderFacts:
    """What is true of a provider as a whole. Its first bucket is the one for videos.

    `keys_begin` is how its keys begin, where they all do: a key of another API is told by it.
    Without a `base_url` an account names the server's address, and what that calls its model.
    """

    key: str
    title: str
    base_url: str
    buckets: dict[str, BucketFacts]
    source: str
    checked: date
    keys_begin: str = ""

    @property
    def concurrent_limit(self) -> int:
        """Jobs in flight of the first bucket."""
        return next(iter(self.buckets.values())).concurrent_limit

    @property
    def per_minute_limit(self) -> int:
        """Creates in any 60 s of the first bucket."""
        return next(iter(self.buckets.values())).per_minute_limit


@dataclass(frozen=True)
class Rate:
    """What something costs in dollars: `per` is `million_pixels`, `second` or `take`.

    `times` are factors by what is chosen: a resolution, a length such as `10 s`, `hdr`, `exr`.
    `usd_per_picture` is added for each picture that goes in. `estimated` is a price of our own
    where the provider publishes none.
    """

    usd: Decimal
    per: str
    estimated: bool = False
    times: dict[str, Decimal] = field(default_factory=dict)
    usd_per_picture: Decimal = Decimal(0)


@dataclass(frozen=True)
class KindFacts:
    """What a model can do of one kind. Of what is empty or false there is no choice.

    `words` is required (a frame may speak for itself), always, optional or none. `size_is_fixed`:
    the API takes neither duration nor resolution. `extends`: a take may stand at its start or its
    end, `interpolates`: at both. `keyframes` is how many pictures may be pinned to any frame.
    `never_together` are pairs of what can't be chosen together (of CHOICES).
    `references` are the most pictures by role; `max_source_…` is of what it is made from.
    """

    kind: Kind
    rate: Rate
    source: str
    checked: date
    words: str = "none"
    negative_words: bool = False
    durations_s: tuple[int, ...] = ()
    resolutions: tuple[str, ...] = ()
    size_is_fixed: bool = False
    ratios: tuple[str, ...] = ()
    loop: bool = False
    extends: bool = False
    interpolates: bool = False
    keyframes: int = 0
    hdr: bool = False
    exr: bool = False
    controls: bool = False
    never_together: tuple[tuple[str, str], ...] = ()
    concepts: bool = False
    modes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    references: dict[str, int] = field(default_factory=dict)
    first_frame: bool = False
    placement: bool = False
    max_source_s: int | None = None
    max_source_bytes: int | None = None

    def canvas(self, ratio: str) -> tuple[int, int]:
        """Return (width, height) in pixels of what comes out, at the kind's first resolution."""
        if self.kind in PICTURES:
            return image_canvas(ratio)
        return canvas(self.resolutions[0], ratio)

    def excludes(self, one: str, other: str) -> bool:
        """Tell whether two of CHOICES can't be chosen together."""
        return (one, other) in self.never_together or (other, one) in self.never_together

    def price_usd(
        self,
        *,
        resolution: str,
        duration_s: int,
        hdr: bool = False,
        exr: bool = False,
        pictures: int = 0,
        rate_usd: Decimal | None = None,
    ) -> Decimal:
        """Return the price of one take in dollars, to four places (sheet §12: per pixel).

        `rate_usd` replaces the catalogue's rate. A picture counts as one frame; `pictures` go in.
        What costs something never costs nothing for being small.
        """
        usd = self.rate.usd if rate_usd is None else rate_usd
        if self.rate.per == "second":
            usd *= duration_s
        elif self.rate.per == "million_pixels":
            # Luma's table has one price per resolution; its 16:9 frame is the one that is priced.
            width, height = canvas(resolution, "16:9")
            frames = 1 if self.kind in PICTURES else FPS * duration_s
            usd *= Decimal(width * height * frames) / 1_000_000
        for chosen in (resolution, f"{duration_s} s", "hdr" if hdr else "", "exr" if exr else ""):
            usd *= self.rate.times.get(chosen, Decimal(1))
        usd += self.rate.usd_per_picture * pictures
        whole = usd.quantize(_FOUR_PLACES, ROUND_HALF_UP)
        return max(whole, _FOUR_PLACES) if usd else whole


@dataclass(frozen=True)
class ModelFacts:
    """What a model can do, kind by kind, and which of its provider's limits it counts against."""

    provider: str
    key: str
    title: str
    bucket: str
    kinds: dict[Kind, KindFacts]
    source: str
    checked: date
    sunset: date | None = None
    successor: str = ""

    def is_gone(self, today: date) -> bool:
        """Tell whether its sunset is past: it takes no orders any more."""
        return self.sunset is not None and self.sunset <= today

    def is_ending(self, today: date) -> bool:
        """Tell whether its sunset is near, or past."""
        return self.sunset is not None and self.sunset - _WARNED_BEFORE <= today

    def offered_as(self, today: date) -> str:
        """Return its title as it is offered: near its sunset with the day from which it isn't."""
        if self.sunset is None or not self.is_ending(today):
            return self.title
        return f"{self.title}, until {self.sunset:%b} {self.sunset.day}"

    def makes(self, kind: Kind, today: date | None = None) -> bool:
        """Tell whether it makes a kind, and its sunset isn't past `today`."""
        return kind in self.kinds and not (today and self.is_gone(today))


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be asked for."""

    providers: dict[str, ProviderFacts]
    models: dict[str, ModelFacts]
    concepts: tuple[str, ...]

    def making(self, kind: Kind, today: date | None = None) -> dict[str, ModelFacts]:
        """Return the models that make a kind, by key; not those whose sunset is past `today`."""
        return {key: model for key, model in self.models.items() if model.makes(kind, today)}

    def in_place_of(self, model_key: str, kind: Kind, today: date) -> ModelFacts | None:
        """Return what is offered for a model: itself, or its successor once its sunset is past.

        Nothing where no model that follows it makes the kind.
        """
        model = self.models.get(model_key)
        passed: set[str] = set()
        while model and not model.makes(kind, today) and model.key not in passed:
            passed.add(model.key)
            model = self.models.get(model.successor) if model.is_gone(today) else None
        return model if model and model.makes(kind, today) else None

    def ending_of(self, model_key: str, today: date) -> str:
        """Say that a model is switched off within thirty days, or was, and what follows; or not."""
        model = self.models.get(model_key)
        if model is None or model.sunset is None or not model.is_ending(today):
            return ""
        when = f"{model.sunset:%B} {model.sunset.day}, {model.sunset.year}"
        said = f"{model.title} {'was' if model.is_gone(today) else 'is'} switched off on {when}."
        after = self.models.get(model.successor)
        return f"{said} {after.title} takes its place." if after else said

    def bucket_of(self, model_key: str) -> BucketFacts:
        """Return the limits that a model counts against. Raises KeyError."""
        model = self.models[model_key]
        return self.providers[model.provider].buckets[model.bucket]


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
        if model.successor and model.successor not in models:
            raise table.mistake("successor", f"is {model.successor}, and there is no such model")
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
    keys_begin = table.text("keys_begin") if "keys_begin" in table else ""
    table.close()
    return ProviderFacts(key, title, base_url, buckets, source, checked, keys_begin)


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
    kinds = {kind: _kind(kind, table.table(kind)) for kind in Kind if kind in table}
    table.close()
    if not kinds:
        raise Mistake(table.line(), f"model {key} makes nothing: it has no table of a kind")
    return ModelFacts(provider, key, title, bucket, kinds, source, checked, sunset, successor)


def _kind(kind: Kind, table: Table) -> KindFacts:
    references = table.table("references")
    facts = KindFacts(
        kind=kind,
        rate=_rate(table),
        words=_choice(table, "words", _WORDS, "none"),
        negative_words=table.flag("negative_words"),
        durations_s=table.wholes("durations_s"),
        resolutions=table.texts("resolutions", RESOLUTIONS),
        size_is_fixed=table.flag("size_is_fixed"),
        ratios=table.texts("ratios", ALL_RATIOS),
        loop=table.flag("loop"),
        extends=table.flag("extends"),
        interpolates=table.flag("interpolates"),
        keyframes=table.whole("keyframes") if "keyframes" in table else 0,
        hdr=table.flag("hdr"),
        exr=table.flag("exr"),
        controls=table.flag("controls"),
        never_together=table.pairs("never_together", CHOICES),
        concepts=table.flag("concepts"),
        modes=table.texts("modes"),
        formats=table.texts("formats", _FORMATS),
        references={r: references.whole(r) for r in REFERENCES if r in references},
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
