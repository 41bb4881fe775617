"""The trash: what goes into it, what comes out, and what goes for good while the books stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generations import discarding, tasks
from generations.kinds import Kind
from generations.models import Asset, Counter, Generation, LedgerEntry, State, Still
from generations.models.states import Reason
from generations.ordering import accept, retry
from generations.orders import Frame, Order, Picture, image, made_from
from generations.refusal import Refused
from tests.factories import drawn, take, version


def bin_(made, actor=None):
    """Put one take in the trash and return it as it is now."""
    outcome = discarding.discard([made], actor or made.author)
    assert not outcome.refused
    made.refresh_from_db()
    return made


def words_against(made):
    outcome = discarding.discard([made], made.author)
    assert not outcome.takes
    made.refresh_from_db()
    assert made.trashed_at is None
    return outcome.refused[0]


def let_time_pass(days=30):
    long_ago = timezone.now() - timedelta(days=days, seconds=1)
    Generation.objects.filter(trashed_at__isnull=False).update(trashed_at=long_ago)


def test_a_take_goes_into_the_trash_and_comes_out_as_it_was(project, artist):
    made = bin_(take(project, State.COMPLETED, author=artist), artist)
    assert list(Generation.objects.in_trash()) == [made]
    assert not Generation.objects.kept().exists()
    assert discarding.restore([made], artist) == [made]
    made.refresh_from_db()
    assert made.trashed_at is None
    assert [each.kind for each in made.events.all()][-2:] == ["trashed", "restored"]
    assert {each.actor for each in made.events.order_by("-number")[:2]} == {artist}


def test_a_project_counts_what_is_in_its_trash(project):
    first, second = (take(project, State.COMPLETED) for _ in range(2))
    made = version(first)
    discarding.discard([first, second, made], first.author)
    assert Counter.objects.get(project=project).trashed == 2
    discarding.restore([first], first.author)
    assert Counter.objects.get(project=project).trashed == 1


def test_deleting_and_restoring_twice_is_once(project, artist):
    made = bin_(take(project, State.COMPLETED))
    again = discarding.discard([Generation.objects.get(pk=made.pk)], artist)
    assert again.takes == again.refused == []
    discarding.restore([made], artist)
    assert discarding.restore([made], artist) == []
    assert made.events.filter(kind__in=("trashed", "restored")).count() == 2


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.REQUESTED, "Withdraw it first"),
        (State.WAITING, "Cancel it first"),
        (State.SUBMITTING, "can't be called back"),
        (State.UNCONFIRMED, "can't be called back"),
        (State.DREAMING, "can't be called back"),
    ],
)
def test_what_is_under_way_cannot_be_deleted(project, state, said):
    assert said in words_against(take(project, state))


def test_what_was_lost_with_its_price_reserved_cannot_be_deleted(project):
    made = take(project, State.FAILED, reason=Reason.LOST)
    assert "Release its price first" in words_against(made)


def test_a_take_whose_file_is_on_its_way_cannot_be_deleted(project):
    assert "on its way" in words_against(take(project, State.COMPLETED, stored=False))


def test_a_take_that_something_waiting_continues_cannot_be_deleted(project):
    made = take(project, State.COMPLETED)
    waiting = take(project, extends=made)
    assert f"take {waiting.take_number} is made from it" in words_against(made)
    waiting.cancel(waiting.author)
    bin_(made)


def test_a_take_with_a_version_under_way_cannot_be_deleted(project):
    made = take(project, State.COMPLETED)
    version(made, state=State.DREAMING)
    assert f"the upscaled take {made.take_number} is made from it" in words_against(made)


def test_a_take_whose_version_is_being_given_sound_cannot_be_deleted(project):
    made = take(project, State.COMPLETED)
    larger = version(made)
    accept(project, made.author, made_from(larger, Kind.AUDIO))
    assert "is made from it" in words_against(made)


def test_of_many_takes_those_that_can_go_do_and_the_others_say_why(project, artist):
    ready, waiting, failed = (
        take(project, state) for state in (State.COMPLETED, State.WAITING, State.FAILED)
    )
    outcome = discarding.discard([ready, waiting, failed], artist)
    assert outcome.takes == [ready, failed]
    assert len(outcome.refused) == 1
    assert set(Generation.objects.in_trash().values_list("trashed_at", flat=True)) == {outcome.at}


def test_nothing_is_made_from_a_take_in_the_trash(project, artist):
    made = bin_(take(project, State.COMPLETED, author=artist))
    orders = (
        Order("It goes on", start=Frame(source=made)),
        Order("It leads up to it", end=Frame(source=made)),
        made_from(made, Kind.UPSCALE, resolution="1080p"),
    )
    for order in orders:
        with pytest.raises(Refused, match="is in the trash"):
            accept(project, artist, order)


def test_nothing_is_made_from_a_version_of_a_take_in_the_trash(project, artist):
    made = take(project, State.COMPLETED, author=artist)
    larger = version(made)
    bin_(made)
    with pytest.raises(Refused, match="is in the trash"):
        accept(project, artist, made_from(Generation.objects.get(pk=larger.pk), Kind.AUDIO))


def test_a_failed_take_in_the_trash_is_not_retried(project, artist):
    failed = bin_(take(project, State.FAILED, author=artist))
    with pytest.raises(Refused, match="Restore it"):
        retry(failed, artist)
    assert not Generation.objects.get(pk=failed.pk).retry(failed.account, failed.price_usd, artist)


def test_where_the_version_that_plays_is_deleted_another_plays(project):
    made = take(project, State.COMPLETED)
    larger = version(made)
    made.refresh_from_db()
    assert made.best_version == larger
    bin_(larger)
    made.refresh_from_db()
    assert made.best_version is None
    discarding.restore([larger], made.author)
    made.refresh_from_db()
    assert made.best_version == larger


def test_after_thirty_days_the_files_go_and_everything_else_stays(project, settings):
    made = take(project, State.COMPLETED)
    larger = version(made)
    files = [each.file for each in Asset.objects.all()]
    spent_usd = LedgerEntry.objects.all().spent_usd()
    bin_(made)
    let_time_pass(29)
    tasks.tidy()
    assert all(file.exists() for file in files)
    let_time_pass()
    tasks.tidy()
    assert not any(file.exists() for file in files)
    assert not any(file.parent.exists() for file in files)
    for each in (made, larger):
        each.refresh_from_db()
        assert each.purged_at is not None
        assert not each.assets.exists()
        assert each.events.last().kind == "purged"
        assert each.events.last().detail["size_bytes"] > 0
    assert LedgerEntry.objects.all().spent_usd() == spent_usd > 0
    assert Counter.objects.get(project=project).trashed == 1


def test_what_went_for_good_is_not_restored_and_does_not_go_twice(project, artist):
    made = bin_(take(project, State.COMPLETED))
    discarding.purge(made, artist)
    assert discarding.restore([made], artist) == []
    with pytest.raises(Refused, match="isn't in the trash any more"):
        discarding.purge(made, artist)
    assert made.events.filter(kind="purged").count() == 1


def test_only_what_is_in_the_trash_goes_for_good(project, artist):
    made = take(project, State.COMPLETED)
    with pytest.raises(Refused, match="isn't in the trash"):
        discarding.purge(made, artist)
    assert made.assets.exists()


def test_a_worker_that_died_between_files_and_rows_is_no_trouble(project):
    made = bin_(take(project, State.COMPLETED))
    for asset in made.assets.all():
        asset.file.unlink()
    let_time_pass()
    assert discarding.purge_due() == 1


def test_a_picture_goes_with_its_still_unless_that_stands_in_a_take(project, artist):
    unused, used = drawn(project), drawn(project)
    still = Still.objects.get(source=used)
    take(project, State.COMPLETED, author=artist, start=still)
    lost = Still.objects.get(source=unused).file
    for made in (unused, used):
        discarding.purge(bin_(made))
    assert list(Still.objects.all()) == [still]
    assert still.file.exists()
    assert not lost.exists()


def test_a_reference_keeps_its_still_too(project, artist):
    made = drawn(project)
    still = Still.objects.get(source=made)
    accept(project, artist, image("In its style", references=(Picture("style", still),)))
    discarding.purge(bin_(made))
    assert Still.objects.filter(pk=still.pk).exists()


def test_what_has_come_to_be_needed_since_keeps_its_files(project, artist):
    made = take(project, State.COMPLETED, author=artist)
    Generation.objects.filter(pk=made.pk).update(trashed_at=None)
    waiting = take(project, extends=made)
    long_ago = timezone.now() - timedelta(days=31)
    Generation.objects.filter(pk=made.pk).update(trashed_at=long_ago)
    assert discarding.purge_due() == 0
    assert made.assets.exists()
    waiting.cancel(waiting.author)
    assert discarding.purge_due() == 1


def test_a_file_that_cannot_be_removed_holds_up_no_other(project, monkeypatch):
    first, second = (bin_(take(project, State.COMPLETED)) for _ in range(2))
    let_time_pass()
    blocked = first.assets.get(kind="video").file
    unlink = type(blocked).unlink

    def refuse(path, **how):
        if path == blocked:
            raise PermissionError("read-only")
        unlink(path, **how)

    monkeypatch.setattr(type(blocked), "unlink", refuse)
    assert discarding.purge_due() == 1
    second.refresh_from_db()
    assert second.purged_at
    assert first.assets.exists()


def test_how_long_that_is_can_be_set(project, settings):
    settings.TRASH_DAYS = 7
    made = bin_(take(project, State.COMPLETED))
    assert discarding.goes_at(made) - made.trashed_at == timedelta(days=7)
    let_time_pass(7)
    assert discarding.purge_due() == 1


def test_a_take_whose_fetch_was_given_up_can_be_deleted(project):
    made = take(project, State.COMPLETED, stored=False)
    made.assets.update(state=Asset.State.FAILED)
    bin_(made)
    discarding.purge(made)
