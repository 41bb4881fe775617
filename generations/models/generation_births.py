"""How a generation comes to be: ordered, brought in, found as a stray, or rendered here."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.generation_record import GenerationRecord
from generations.models.generation_trash import GenerationInTrash
from generations.models.ledger import LedgerEntry
from generations.models.states import State

if TYPE_CHECKING:
    from generations.models.account import Account
    from generations.models.generation import Generation
    from generations.models.prompt import Prompt


class GenerationBirths(GenerationInTrash):
    """The ways in which a generation begins, each with its first state and Event."""

    class Meta(GenerationRecord.Meta):
        abstract = True

    @classmethod
    def asked_for(
        cls, prompt: "Prompt", account: "Account", *, needs_approval: bool, **fields: Any
    ) -> "Generation":
        """Begin one: `requested` where a producer has to approve it, else `waiting` in line.

        Call in the transaction that reserves its price.
        """
        state = State.REQUESTED if needs_approval else State.WAITING
        fields["next_at"] = fields["waiting_since"] = None if needs_approval else timezone.now()
        fields["turn"] = cls.objects.next_turn(account, fields["author"], prompt.model)
        return cls._begun(state, prompt, account, **fields)

    @classmethod
    def imported(
        cls,
        prompt: "Prompt",
        account: "Account",
        provider_id: str,
        *,
        owns_id: bool = True,
        detail: dict[str, Any],
        **fields: Any,
    ) -> "Generation":
        """Take over a job that was made and paid for without us: `completed` from the start.

        It is a take, or a take's version. Nothing is reserved or charged: the ledger begins with
        what we send. Call in a transaction; raises IntegrityError when an attempt of the account
        has that id.
        """
        fields["finished_at"] = timezone.now()
        said = detail | {"provider_id": provider_id}
        generation = cls._begun(State.COMPLETED, prompt, account, "imported", said, **fields)
        attempt = Attempt.objects.create(
            generation=generation,
            account=account,
            number=1,
            price_usd=Decimal(0),
            outcome=Attempt.Outcome.ACCEPTED,
            provider_id=provider_id,
            owns_id=owns_id,
        )
        attempt.close(Attempt.Outcome.COMPLETED)
        return generation

    @classmethod
    def stray(
        cls, lost: Attempt, prompt: "Prompt", provider_id: str, words: str, **how: Any
    ) -> "Generation":
        """Take over a job that a closed attempt made after all: `queued` from the start.

        Its price is reserved without asking a budget, for it is spent already; unless that attempt
        was charged for it. `how` has `owns_id` and the generation's fields. Call in a transaction;
        raises IntegrityError when another attempt has that id.
        """
        owns_id = how.pop("owns_id", True)
        price_usd = Decimal(0) if lost.is_booked() else lost.price_usd
        detail = {"words": words, "provider_id": provider_id}
        how |= {"price_usd": price_usd, "notice": words[:500], "next_at": timezone.now()}
        generation = cls._begun(State.QUEUED, prompt, lost.account, "stray", detail, **how)
        attempt = Attempt.objects.create(
            is_reserved=True,
            generation=generation,
            account=lost.account,
            number=1,
            price_usd=price_usd,
            outcome=Attempt.Outcome.ACCEPTED,
            provider_id=provider_id,
            owns_id=owns_id,
        )
        LedgerEntry.write(LedgerEntry.Kind.RESERVED, attempt)
        return generation

    @classmethod
    def rendered_here(cls, prompt: "Prompt", account: "Account", **fields: Any) -> "Generation":
        """Begin one that is rendered on this machine and never sent: `completed`, its file awaited.

        The file isn't due: whoever renders it stores it. Call in a transaction.
        """
        fields["finished_at"] = timezone.now()
        generation = cls._begun(State.COMPLETED, prompt, account, **fields)
        Asset.objects.create(generation=generation, kind=Asset.Kind.VIDEO)
        return generation

    @classmethod
    def copied(
        cls, prompt: "Prompt", account: "Account", detail: dict[str, Any], **fields: Any
    ) -> "Generation":
        """Begin a copy of a take of another project: `completed`, free, never sent.

        Whoever copies it gives it its files. Call in a transaction.
        """
        fields["finished_at"] = timezone.now()
        return cls._begun(State.COMPLETED, prompt, account, "copied", detail, **fields)

    @classmethod
    def _begun(
        cls,
        state: State,
        prompt: "Prompt",
        account: "Account",
        kind: str = "",
        detail: dict[str, Any] | None = None,
        **fields: Any,
    ) -> "Generation":
        """Make one in its first state, with its Event (of that `kind`)."""
        raise NotImplementedError  # a state is set in generations.models.generation alone
