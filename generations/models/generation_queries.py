"""Questions about many generations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db import connections, models, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from generations import buckets
from generations.kinds import BY_ID
from generations.makers import maker_name
from generations.models.account import Account
from generations.models.account_bucket import AccountBucket
from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.event import Counter, Event
from generations.models.keyframe import Keyframe
from generations.models.paused_line import PausedLine
from generations.models.price_override import PriceOverride
from generations.models.reference import Reference
from generations.models.states import AT_PROVIDER, IN_FLIGHT, SCHEDULED, UNFINISHED, State
from generations.models.still import Still
from generations.queries import WrittenOnce
from generations.searching import terms_of

if TYPE_CHECKING:
    from generations.models.generation import Generation
    from generations.models.generation_record import GenerationRecord

_NEWEST = 200
# Of fewer takes a range says less than it seems to.
_ENOUGH = 4
IN_LINE = ("-priority", "turn", "waiting_since", "id")


class Usual(NamedTuple):
    """Seconds that takes of a kind need: the median, and between what eight of ten were ready.

    There are no ends where too few are known.
    """

    median_s: float
    from_s: float | None = None
    to_s: float | None = None

    @classmethod
    def of(cls, times: Sequence[float]) -> Self:
        """Return what some times have in common; there is at least one."""
        if len(times) < _ENOUGH:
            return cls(median(times))
        tenths = quantiles(times, n=10, method="inclusive")
        return cls(median(times), tenths[0], tenths[-1])


class _Array(Subquery):
    """PostgreSQL's array of what a query gives, asked once and before what it is part of."""

    template = "ARRAY(%(subquery)s)"


class _OneOf(Func):
    """Whether a value is in an array of PostgreSQL."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Questions about many generations."""

    def takes(self) -> Self:
        """Without the versions that were made from a take."""
        return self.filter(version_of__isnull=True)

    def kept(self) -> Self:
        """Without what is in the trash; a version of a take that is there counts as kept."""
        return self.filter(trashed_at__isnull=True)

    def outside_the_trash(self) -> Self:
        """Without what is in the trash, and without the versions of takes that are there."""
        return self.filter(trashed_at__isnull=True, version_of__trashed_at__isnull=True)

    def in_trash(self) -> Self:
        """What was deleted and can be restored, the last first."""
        return self.filter(trashed_at__isnull=False, purged_at__isnull=True).order_by(
            "-trashed_at", "-id"
        )

    def due_for_purge(self, long_ago: datetime) -> Self:
        """What was put in the trash before a moment, and has its files yet."""
        old = self.filter(trashed_at__lte=long_ago, purged_at__isnull=True)
        return old.order_by("trashed_at", "id")

    def needing(self, sources: Any) -> Self:
        """Those on their way that are made from one of some generations."""
        placed = Q(keyframes__source__in=sources) | Q(references__source__in=sources)
        return self.unfinished().filter(placed).distinct()

    def free(self) -> "GenerationQuerySet":
        """Those that nobody else is changing, locked in one order until the transaction ends.

        Many that are changed at once never wait for others that do so: no deadlock.
        """
        free = self.order_by("pk").select_for_update(skip_locked=True, no_key=True)
        return self.model._default_manager.filter(pk__in=free.values("pk"))

    def families_of(self, takes: Iterable["Generation"]) -> Self:
        """Some generations, their versions, and what they are versions of."""
        found = list(takes)
        ids = {each.pk for each in found}
        originals = {each.version_of_id for each in found} - {None}
        return self.filter(Q(pk__in=ids | originals) | Q(version_of__in=ids))

    def lock(self) -> None:
        """Lock them until the transaction ends, where the database has such a lock.

        Everybody locks takes in the order of their ids, and before a project's counters: whoever
        changes several in a transaction, or raises a counter before its row, locks them with this
        first. Two who each hold what the other one waits for would never end.
        """
        if not connections[self.db].features.has_select_for_update:
            return
        rows = self.model._default_manager.filter(pk__in=self.order_by().values("pk"))
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def touch(self) -> None:
        """Have every open page show them anew, after a change that is no part of their history.

        Call in the transaction of that change; raises each project's counter once.
        """
        with transaction.atomic():
            self.lock()
            for project_id in sorted(set(self.values_list("project_id", flat=True))):
                number = Counter.next(project_id, "events")
                self.filter(project=project_id).update(last_event=number)

    def unfinished(self) -> Self:
        """Still on their way."""
        return self.filter(state__in=UNFINISHED)

    def waiting(self) -> Self:
        """In our own queue, the first in line first.

        Who has priority is first. Then all people take turns: a take's `turn` counts its author's
        takes from the one that is first in line when it joins (start-time fair queueing), so that
        nobody waits for more than one take of each other person.
        """
        return self.filter(state=State.WAITING).order_by(*IN_LINE)

    def in_bucket(self, bucket: str) -> Self:
        """Those that count against the same of their provider's limits, and so wait together."""
        return self.filter(buckets.in_bucket(bucket))

    def without_room_since(self, long_ago: datetime) -> Self:
        """Those for which their account had no room at any look since a moment."""
        return self.filter(no_room_since__lte=long_ago)

    def movable_as_they_are(self) -> Self:
        """Those that another account makes just the same.

        What is named by an id is known where it was made, and what continues a take elsewhere
        only begins on a picture of its last frame.
        """
        by_id = Keyframe.objects.filter(generation=OuterRef("pk"), source__isnull=False)
        return self.exclude(prompt__kind__in=BY_ID).filter(~Exists(by_id))

    def next_turn(self, account: Any, author: Any, model: str) -> int:
        """Return the turn of a take of the author's that joins an account's line now.

        Only takes of its model's bucket are before or behind it: others have slots of their own.
        """
        together = self.in_bucket(buckets.bucket_of(model))
        line = together.filter(account=account, state=State.WAITING, priority=0)
        served = line.filter(paused_at__isnull=True).aggregate(turn=models.Min("turn"))["turn"]
        own = line.filter(author=author).aggregate(turn=models.Max("turn"))["turn"]
        return max(served or 0, 0 if own is None else own + 1)

    def publishing(self) -> Self:
        """Whose pictures or files the provider has to fetch; what is named by an id has none."""
        pictured = Keyframe.objects.filter(generation=OuterRef("pk"), still__isnull=False)
        referred = Reference.objects.filter(generation=OuterRef("pk"))
        fetched = Exists(referred) & ~Q(prompt__kind__in=BY_ID)
        return self.filter(Exists(pictured) | fetched)

    def in_flight(self) -> Self:
        """Holding one of their account's slots."""
        return self.filter(state__in=IN_FLIGHT)

    def due(self, now: datetime) -> Self:
        """Whose time has come, whatever is to be done; what is paused has none."""
        mine = self.filter(state__in=SCHEDULED, next_at__lte=now, paused_at__isnull=True)
        return mine.order_by("next_at")

    def among(self, few: models.QuerySet[Any] | list[int]) -> Self:
        """Only those whose ids a query with a limit gives, or a list.

        PostgreSQL can't tell how few that are: of a board of 100,000 takes it joined each with all
        that a card tells, to keep 61 (420 ms). An array it fills first, and then looks up.
        """
        if isinstance(few, list) or connections[self.db].vendor != "postgresql":
            return self.filter(pk__in=few)
        return self.filter(_OneOf(F("pk"), _Array(few)))

    def visible_to(self, user: Any) -> Self:
        """Only those of the projects that the person may see."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project.seen_by(user, "project__"))

    def saying(self, words: str) -> Self:
        """Whose prompt has words that begin with all that were looked for, in any order.

        A whole number also finds the take of that number. What holds no term finds nothing.
        """
        terms = terms_of(words)
        if not terms:
            return self.none()
        said = Q(prompt__words__says=words)
        if len(terms) == 1 and terms[0].isdecimal() and len(terms[0]) < 10:
            said |= Q(take_number=int(terms[0]))
        return self.filter(said)

    def for_cards(self) -> Self:
        """With everything that a card shows, in one query.

        Begin with it and narrow afterwards: to build it takes 12 ms of CPU, and is done once.
        """
        is_whole = not (self.query.where or self.query.annotations or self.query.order_by)
        return _cards_of(self.model).all() if is_whole else self._with_all_of_a_card()

    def with_parts(self) -> Self:
        """With the frames, references and source of each, as `orders.order_of` asks for them."""
        parts = ("source__prompt", "still__source__prompt")
        made = ("source__attempts", "source__assets")  # who made it, and what is here of it
        frames = Keyframe.objects.select_related(*parts).prefetch_related(*made)
        pictures = Reference.objects.select_related(*parts).prefetch_related(*made)
        return self.prefetch_related(
            models.Prefetch("keyframes", frames), models.Prefetch("references", pictures)
        )

    def _with_all_of_a_card(self) -> Self:
        files = Asset.objects.filter(generation=OuterRef("pk"))
        # What it is about: a generation has either a video or a picture.
        video = files.filter(kind__in=(Asset.Kind.VIDEO, Asset.Kind.IMAGE))
        still = Still.objects.filter(source=OuterRef("pk"), origin=Still.Origin.GENERATED)
        sent = Attempt.objects.filter(generation=OuterRef("pk")).order_by("-number")
        heard = Event.objects.filter(generation=OuterRef("pk"), kind__in=AT_PROVIDER)
        heard = heard.order_by("-number")
        source = Reference.objects.filter(generation=OuterRef("pk"), role=Reference.Role.SOURCE)
        pictures = Reference.objects.filter(generation=OuterRef("pk")).exclude(role="source")
        after = pictures.order_by().values("generation").annotate(n=models.Count("*")).values("n")
        versions = self.model._default_manager.filter(version_of=OuterRef("pk")).order_by(
            "-last_event"
        )
        frames = Keyframe.objects.filter(generation=OuterRef("pk"))
        start, end = frames.filter(position="start"), frames.filter(position="end")
        bucket = buckets.bucket_name()
        ahead = self.model._default_manager.alias(bucket=bucket).filter(
            _before(),
            account=OuterRef("account"),
            state=State.WAITING,
            paused_at__isnull=True,
            bucket=OuterRef("bucket"),
        )
        own = AccountBucket.objects.filter(account=OuterRef("account"), bucket=OuterRef("bucket"))
        paused = PausedLine.objects.filter(team=OuterRef("project__team"))
        count = ahead.order_by().values("state").annotate(n=models.Count("*")).values("n")
        related = self.select_related("prompt", "author", "project", "account", "approved_by")
        return related.annotate(bucket=bucket, maker=maker_name()).annotate(
            video_state=WrittenOnce(video.values("state")[:1]),
            video_source_url=WrittenOnce(video.values("source_url")[:1]),
            video_duration_s=WrittenOnce(video.values("duration_s")[:1]),
            is_unmade=there_is(
                files.filter(kind__in=Asset.SMALL)
                .exclude(state=Asset.State.STORED)
                .exclude(error="")
            ),
            has_poster=there_is(files.filter(kind=Asset.Kind.POSTER, state=Asset.State.STORED)),
            extends_take=WrittenOnce(start.values("source__take_number")[:1]),
            leads_up_to_take=WrittenOnce(end.values("source__take_number")[:1]),
            starts_on_take=Coalesce(
                WrittenOnce(start.values("still__source__take_number")[:1]),
                WrittenOnce(start.values("still__source__version_of__take_number")[:1]),
            ),
            starts_on_frame=WrittenOnce(start.values("still__frame")[:1]),
            ends_on_take=WrittenOnce(end.values("still__source__take_number")[:1]),
            starts_on_kind=WrittenOnce(start.values("still__source__prompt__kind")[:1]),
            has_start=there_is(start),
            has_end=there_is(end),
            made_from_take=Coalesce(
                WrittenOnce(source.values("source__take_number")[:1]),
                WrittenOnce(source.values("source__version_of__take_number")[:1]),
            ),
            version_of_take=models.F("version_of__take_number"),
            ahead_in_line=Coalesce(WrittenOnce(count[:1]), 0),
            own_concurrent_limit=WrittenOnce(own.values("concurrent_limit")[:1]),
            own_per_minute_limit=WrittenOnce(own.values("per_minute_limit")[:1]),
            own_pace_s=WrittenOnce(own.values("pace_s")[:1]),
            own_full_until=WrittenOnce(own.values("full_until")[:1]),
            line_is_paused=there_is(paused),
            versions_event=WrittenOnce(versions.values("last_event")[:1]),
            plays_uuid=Coalesce("best_version__uuid", "uuid"),
            still_uuid=WrittenOnce(still.values("uuid")[:1]),
            again_rate_usd=_own_price("rate_usd"),
            again_price_usd=_own_price("price_usd"),
            again_factor=WrittenOnce(_makers().values("price_factor")[:1]),
            made_after=Coalesce(WrittenOnce(after[:1]), 0),
            sent_at=WrittenOnce(sent.values("sent_at")[:1]),
            sent_id=WrittenOnce(sent.values("provider_id")[:1]),
            heard_at=WrittenOnce(heard.values("at")[:1]),
            heard_kind=WrittenOnce(heard.values("kind")[:1]),
            has_stray=there_is(Event.objects.filter(generation=OuterRef("pk"), kind="stray")),
        )

    def newest_like(self, generation: "GenerationRecord") -> Self:
        """The takes of its kind among the newest that its account completed, the last first.

        Only so many of those are looked at: however rare the kind, however long the history.
        """
        prompt = generation.prompt
        newest = self.filter(account_id=generation.account_id, state=State.COMPLETED)
        return self.filter(
            pk__in=newest.order_by("-id").values("pk")[:_NEWEST],
            accepted_at__isnull=False,
            finished_at__isnull=False,
            prompt__kind=prompt.kind,
            prompt__model=prompt.model,
            prompt__resolution=prompt.resolution,
            prompt__duration_s=prompt.duration_s,
        ).order_by("-id")

    def usual_s(self, generation: "GenerationRecord") -> "Usual | None":
        """Return how long the last takes of its kind were at the provider.

        None where none of the account's newest takes is of its kind.
        """
        times = [
            (finished - accepted).total_seconds()
            for accepted, finished in self.newest_like(generation).values_list(
                "accepted_at", "finished_at"
            )[:20]
            if accepted and finished
        ]
        return Usual.of(times) if times else None


@cache
def _cards_of(model: "type[GenerationRecord]") -> Any:
    return model._default_manager.all()._with_all_of_a_card()


def there_is(rows: models.QuerySet[Any]) -> IsNull:
    """Return whether there are rows, for a query of a few rows out of very many.

    PostgreSQL takes an EXISTS for one to be asked for all of them, whatever the query's LIMIT, and
    reads the whole table of what is asked for first: 250 ms with the files of 100,000 takes.
    """
    return IsNull(WrittenOnce(rows.values("pk")[:1]), False)


def _own_price(field: str) -> Subquery:
    """Return what the account that would get a take today pays for one, where it is its own."""
    own = PriceOverride.objects.filter(
        account=OuterRef("pk"),
        model=OuterRef(OuterRef("prompt__model")),
        kind=OuterRef(OuterRef("prompt__kind")),
    )
    first = _makers().annotate(own=WrittenOnce(own.values(field)[:1]))
    return WrittenOnce(first.values("own")[:1])


def _makers() -> models.QuerySet[Account]:
    """Return the accounts that might get a take today, the one that does first."""
    mine = Account.objects.filter(team=OuterRef("project__team"), provider=OuterRef("maker"))
    return mine.in_order_of_choice()


def _before() -> Q:
    """Stand before the outer query's take in the order of IN_LINE."""
    before, alike = Q(), Q()
    for name in IN_LINE:
        field = name.removeprefix("-")
        nearer = f"{field}__{'gt' if name.startswith('-') else 'lt'}"
        before |= alike & Q(**{nearer: OuterRef(field)})
        alike &= Q(**{field: OuterRef(field)})
    return before
