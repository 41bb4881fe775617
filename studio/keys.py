"""A team's accounts, as their page shows them. No key is in here: only its last characters."""

from dataclasses import dataclass, field
from functools import cached_property

from generations.catalogue import BucketFacts, KindFacts, ModelFacts, catalogue
from generations.models import Account, AccountBucket, ModelFallback
from generations.providers import abilities_of
from studio.forms.account import AccountForm, AnotherKeyForm, FactorForm, FallbackForm
from studio.forms.own_price import OwnPriceForm, own_words
from studio.models import Team

_NOT_SEEN = "Whether it has Luma's models isn't known: its price list couldn't be read yet"
_LACKING = "Its price list doesn't name Luma's models, so that none is offered"
_THERE = "Its price list names Luma's models"


@dataclass(frozen=True)
class Limits:
    """The limits of an account in one bucket; None is as published."""

    bucket: str
    title: str
    concurrent_limit: int | None
    per_minute_limit: int | None
    published: BucketFacts


@dataclass(frozen=True)
class Held:
    """One account."""

    account: Account
    form: AnotherKeyForm
    price_form: OwnPriceForm
    factor_form: FactorForm

    @property
    def provider(self) -> str:
        """Its provider's name."""
        facts = catalogue().providers.get(self.account.provider)
        return facts.title if facts else self.account.provider

    @property
    def standing(self) -> str:
        """How it stands, in a word or a few."""
        account = self.account
        if account.enabled and account.lacks_models:
            return "Offers nothing yet"
        if account.enabled and self.has_no_price:
            return "Waits for its prices"
        if account.trouble:
            return account.trouble[:1].upper() + account.trouble[1:]
        if account.paused_at:
            return "Its line is paused"
        return "At its limit just now" if account.problem else "Takes work"

    @property
    def tone(self) -> str:
        """The name of its colours."""
        if not self.account.enabled:
            return "off"
        is_held_up = self.account.trouble or self.account.lacks_models or self.has_no_price
        return "trouble" if is_held_up else "fine"

    @property
    def may_lack_models(self) -> bool:
        """Whether its server may be without Luma's models, so that it is looked at."""
        known = self.account.provider in catalogue().providers
        return known and abilities_of(self.account).may_lack_models

    @property
    def says_of_models(self) -> str:
        """What its server's price list says of Luma's models; when, stands behind it."""
        if self.account.looked_at is None:
            return _NOT_SEEN
        return _LACKING if self.account.lacks_models else _THERE

    @cached_property
    def unpriced(self) -> list[str]:
        """Its models that are offered only once somebody has put their price in."""
        own = {(each.model, each.kind) for each in self.account.price_overrides.all()}
        return [
            model.title
            for model, facts in self._made
            if not facts.rate.is_published and (model.key, facts.kind) not in own
        ]

    @property
    def has_no_price(self) -> bool:
        """Whether none of its models has a price yet, so that nothing is ordered there."""
        return len(self.unpriced) == len(self._made) > 0

    @property
    def has_published_prices(self) -> bool:
        """Whether a factor means anything for it."""
        return any(facts.rate.is_published for _, facts in self._made)

    @property
    def _made(self) -> list[tuple[ModelFacts, KindFacts]]:
        mine = (m for m in catalogue().models.values() if m.provider == self.account.provider)
        return [(model, facts) for model in mine for facts in model.kinds.values()]

    @property
    def is_used(self) -> bool:
        """Whether anything was ordered or booked at it, so that it has to be kept."""
        return bool(self.account.is_used)  # type: ignore[attr-defined]

    @cached_property
    def limits(self) -> list["Limits"]:
        """What it takes at once and in a minute, for each of its provider's limits."""
        account = self.account
        facts = catalogue().providers.get(account.provider)
        if facts is None:
            return []
        first, *others = facts.buckets.values()
        title = first.title if others else ""
        own = {each.bucket: each for each in account.buckets.all()}
        mine = account.concurrent_limit, account.per_minute_limit
        return [
            Limits("", title, *mine, first),
            *(_limits_of(other, own.get(other.key)) for other in others),
        ]

    @cached_property
    def prices(self) -> list[str]:
        """What it pays where that isn't the published price, in words."""
        return [own_words(own) for own in self.account.price_overrides.all()]


@dataclass(frozen=True)
class Keys:
    """The page of a team's accounts."""

    team: Team
    new: AccountForm
    replaced: tuple[Account, AnotherKeyForm] | None = None
    priced: tuple[Account, OwnPriceForm] | None = None
    factored: tuple[Account, FactorForm] | None = None
    fallback: FallbackForm = field(default_factory=FallbackForm)

    @cached_property
    def held(self) -> list[Held]:
        """The accounts, the preferred first, those that are off last."""
        mine = Account.objects.with_key().filter(team=self.team).with_use()
        ordered = mine.order_by("-enabled", "rank", "id").prefetch_related(
            "price_overrides", "buckets"
        )
        return [
            Held(each, self._form(each), self._price_form(each), self._factor_form(each))
            for each in ordered
        ]

    @cached_property
    def fallbacks(self) -> list[tuple[str, str]]:
        """Which model may take which one's place: the latter, and both in words."""
        models = catalogue().models
        named = ModelFallback.objects.filter(team=self.team).order_by("from_model")
        titles = {key: facts.title for key, facts in models.items()}
        return [
            (
                each.from_model,
                f"{titles.get(each.to_model, each.to_model)} instead of "
                f"{titles.get(each.from_model, each.from_model)}",
            )
            for each in named
        ]

    def _form(self, account: Account) -> AnotherKeyForm:
        if self.replaced and self.replaced[0].pk == account.pk:
            return self.replaced[1]
        return AnotherKeyForm(auto_id=f"key-{account.uuid}-%s")

    def _price_form(self, account: Account) -> OwnPriceForm:
        if self.priced and self.priced[0].pk == account.pk:
            return self.priced[1]
        return OwnPriceForm(account, auto_id=f"price-{account.uuid}-%s")

    def _factor_form(self, account: Account) -> FactorForm:
        if self.factored and self.factored[0].pk == account.pk:
            return self.factored[1]
        shown = {"price_factor": f"{account.price_factor.normalize():f}"}
        return FactorForm(initial=shown, auto_id=f"factor-{account.uuid}-%s")


def _limits_of(facts: BucketFacts, own: AccountBucket | None) -> Limits:
    mine = (own.concurrent_limit, own.per_minute_limit) if own else (None, None)
    return Limits(facts.key, facts.title, *mine, facts)
