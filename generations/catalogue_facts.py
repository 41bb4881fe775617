"""What the catalogue knows: of providers, of models and of what each makes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from generations.canvas import FPS, canvas, image_canvas
from generations.kinds import PICTURES, Kind

_FOUR_PLACES = Decimal("0.0001")
_WARNED_BEFORE = timedelta(days=30)


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

    `keys_begin` are the ways its keys begin, where they all do: a key of another API is told by
    them.
    Without a `base_url` an account names the server's address, and what that calls its model.
    `called` is what sentences call it.
    """

    key: str
    title: str
    base_url: str
    buckets: dict[str, BucketFacts]
    source: str
    checked: date
    keys_begin: tuple[str, ...] = ()
    called: str = ""

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

    `times` are factors by what is chosen: a resolution, a length such as `10 s`, `hdr`, `exr`, a
    quality.
    `usd_per_picture` is added for each picture that goes in. `estimated` is a price of our own
    where the provider publishes none. Where it isn't `is_published`, `usd` is 0 and nobody knows a
    price: an account has its own, or nothing is ordered there.
    """

    usd: Decimal
    per: str
    estimated: bool = False
    times: dict[str, Decimal] = field(default_factory=dict)
    usd_per_picture: Decimal = Decimal(0)
    is_published: bool = True


@dataclass(frozen=True)
class KindFacts:
    """What a model can do of one kind. Of what is empty or false there is no choice.

    `words` is required (a frame may speak for itself), always, optional or none, and `words_most`
    how many characters they may have, 0 for the usual. `size_is_fixed`:
    the API takes neither duration nor resolution. `extends`: a take may stand at its start or its
    end, `interpolates`: at both. `extends_alike`: only at its start, nothing at its end, and only
    one of the same model and resolution. `keyframes` is how many pictures may be pinned to any
    frame, `keyframes_sure` how many of them every page of the provider promises.
    `never_together` are pairs of what can't be chosen together (of CHOICES).
    `qualities` are those of a picture, the usual one first.
    `references` are the most pictures by role, `references_in_all` of all roles together where that
    is fewer than their sum; `weights`: each but a character's has a weight. `max_source_…` is of
    what it is made from.
    """

    kind: Kind
    rate: Rate
    source: str
    checked: date
    words: str = "none"
    words_most: int = 0
    negative_words: bool = False
    durations_s: tuple[int, ...] = ()
    resolutions: tuple[str, ...] = ()
    size_is_fixed: bool = False
    ratios: tuple[str, ...] = ()
    loop: bool = False
    extends: bool = False
    extends_alike: bool = False
    interpolates: bool = False
    keyframes: int = 0
    keyframes_sure: int = 0
    hdr: bool = False
    exr: bool = False
    controls: bool = False
    never_together: tuple[tuple[str, str], ...] = ()
    concepts: bool = False
    modes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    references: dict[str, int] = field(default_factory=dict)
    references_in_all: int = 0
    weights: bool = False
    first_frame: bool = False
    placement: bool = False
    max_source_s: int | None = None
    max_source_bytes: int | None = None

    @property
    def most_references(self) -> int:
        """How many pictures it takes, of all roles together."""
        return self.references_in_all or sum(self.references.values())

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
        quality: str = "",
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
        length, extras = f"{duration_s} s", ("hdr" if hdr else "", "exr" if exr else "")
        for chosen in (resolution, length, *extras, quality):
            usd *= self.rate.times.get(chosen, Decimal(1))
        usd += self.rate.usd_per_picture * pictures
        whole = usd.quantize(_FOUR_PLACES, ROUND_HALF_UP)
        return max(whole, _FOUR_PLACES) if usd else whole


@dataclass(frozen=True)
class ModelFacts:
    """What a model can do, kind by kind, and which of its provider's limits it counts against.

    `finals_with` is the model that makes finals of its takes, where it is one for drafts.
    """

    provider: str
    key: str
    title: str
    bucket: str
    kinds: dict[Kind, KindFacts]
    source: str
    checked: date
    sunset: date | None = None
    successor: str = ""
    finals_with: str = ""

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
