"""A bundle taken in elsewhere: the same project, and nothing that touches what is there."""

import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from generations.models import (
    Account,
    Asset,
    Budget,
    Generation,
    LedgerEntry,
    PastEntry,
    State,
    standings,
)
from studio.editing import exporting
from studio.leaving import bringing, writing
from studio.leaving.opened import Opened
from studio.models import (
    Collection,
    Delivery,
    Export,
    GuestVerdict,
    Membership,
    Notice,
    Project,
    Sequence,
    Share,
    User,
    Webhook,
)
from studio.notices import following
from studio.webhooks import following as webhook_following
from tests.factories import AccountFactory, MembershipFactory, member, take
from tests.running.stage import wait_for
from tests.studio.leaving.elsewhere import Elsewhere
from tests.studio.leaving.filled import fill, known_as, rebuilt
from tests.studio.leaving.test_hostile_bundles import changed

ON_THE_WAY = (State.REQUESTED, State.WAITING, State.UNCONFIRMED, State.QUEUED, State.DREAMING)

# What another installation gives anew: since when something is in its trash, and what whoever is
# only a name there is known by.
OWN = {"trashed_at", "known_by"}


def rows(file: Path, name: str) -> list[dict]:
    with ZipFile(file) as box:
        return [json.loads(line) for line in box.read(f"{name}.jsonl").splitlines()]


def told(file: Path) -> dict[str, list[dict]]:
    """Return all rows of a bundle, without what another installation gives anew."""
    with ZipFile(file) as box:
        names = [it.removesuffix(".jsonl") for it in box.namelist() if it.endswith(".jsonl")]
    return {
        name: [{k: v for k, v in row.items() if k not in OWN} for row in rows(file, name)]
        for name in names
    }


@pytest.fixture
def bundle(project, tmp_path) -> Path:
    """A bundle of a project in which everything is used, which is then gone from here."""
    fill(project, tmp_path / "sounds")
    file = tmp_path / "film.zip"
    writing.write(project, file, lambda part: None)
    return file


def test_what_comes_back_out_elsewhere_is_what_went_in(bundle, tmp_path):
    there = Elsewhere(tmp_path / "there")
    said = there.run("import_project", str(bundle), "--team", "Elsewhere")
    assert "Desert Light is in Elsewhere, with 10 takes and versions" in said
    there.run("export_project", "desert-light", str(tmp_path / "again.zip"))
    before, after = told(bundle), told(tmp_path / "again.zip")
    for row in before["takes"]:  # whose money was undecided there
        row["reason"] = "provider" if row["reason"] == "lost" else row["reason"]
    for name in before:
        assert after[name] == before[name], name
    with ZipFile(bundle) as one, ZipFile(tmp_path / "again.zip") as other:
        media = {it for it in one.namelist() if it.startswith("media/")}
        assert media == {it for it in other.namelist() if it.startswith("media/")}
        manifests = [json.loads(box.read("manifest.json")) for box in (one, other)]
    assert manifests[0]["project"] == manifests[1]["project"]
    assert manifests[0]["counts"] == manifests[1]["counts"]
    again = there.run("import_project", str(bundle), "--team", "Elsewhere")
    assert (
        again
        == "Desert Light is here already, as /projects/desert-light/. Nothing was brought in.\n"
    )


def test_it_comes_whole_into_this_database_and_leaves_it_the_same(brought, team, tmp_path):
    came = bringing.bring(brought, team)
    writing.write(came.project, tmp_path / "again.zip", lambda part: None)
    before, after = told(brought), told(tmp_path / "again.zip")
    for row in before["takes"]:
        row["reason"] = "provider" if row["reason"] == "lost" else row["reason"]
    for name in before:
        assert after[name] == before[name], name
    kept = Asset.objects.filter(generation__project=came.project)
    assert {(it.state, it.file.is_file()) for it in kept} == {("stored", True)}
    kinds = set(kept.values_list("kind", flat=True))
    assert kinds == {"video", "image", "poster", "preview", "exr", "layer"}
    layers = kept.filter(kind="layer").order_by("number")
    assert [(it.number, it.label, it.width) for it in layers] == [(0, "sky", 64), (1, "hills", 64)]


def test_everything_of_it_can_be_seen_and_gone_on_with(brought, team, sign_in, settings):
    project = bringing.bring(brought, team).project
    client = sign_in(team.members.get())
    first, second = project.generations.exclude(take_number=None).order_by("take_number")[:2]
    sequence = Sequence.objects.get()
    pages = [
        *(reverse(name, args=[project.slug]) for name in ("board", "storyboard", "stills")),
        *(reverse(name, args=[project.slug]) for name in ("timeline", "sounds", "trash")),
        *(reverse("generation", args=[take.uuid]) for take in project.generations.all()),
        *(reverse(name, args=[sequence.uuid]) for name in ("sequence", "exports", "cuts")),
        *(reverse(name) for name in ("home", "gallery", "review", "queue", "spend", "links")),
        reverse("scoreboard"),
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    page = client.get(reverse("generation", args=[first.uuid])).content.decode()
    for said in (
        "Bob Artist",
        "@Ann Producer look",
        "Longer, please",
        "hero",
        "Rendered and charged",
    ):
        assert said in page
    file = client.get(reverse("media", args=[second.uuid, "video"]))
    assert b"".join(file.streaming_content)[4:8] == b"ftyp"
    AccountFactory(team=team)
    client.post(reverse("generate", args=[project.slug]), {"words": "Rain over dunes"})
    failed = project.generations.filter(state=State.FAILED).first()
    answer = client.post(reverse("retry", args=[failed.uuid]))
    assert answer.status_code < 500
    assert client.post(reverse("restore", args=[trashed(project).uuid])).status_code == 302


def test_what_is_being_brought_in_isnt_cleared_away(brought, team, monkeypatch):
    """Looking into a large bundle takes hours, and no row that others see names a file yet."""
    unpack = Opened.unpack

    def long_ago(self, name, to):
        unpack(self, name, to)
        os.utime(to, (0, 0))

    monkeypatch.setattr(Opened, "unpack", long_ago)
    bringing.bring(brought, team)
    file = Export.objects.get().file
    Export.objects.all().delete()
    exporting.tidy()
    assert file.is_file()
    os.utime(file, (0, 0))
    exporting.tidy()
    assert not file.exists()


def test_a_file_that_was_missing_is_fetched_from_nowhere(brought, tmp_path, team, sign_in):
    def lose(files: dict[str, bytes]) -> None:
        lost = {"sha256": "0" * 64, "file": f"media/{'0' * 64}.mp4"}
        lines = [json.loads(line) for line in files["files.jsonl"].splitlines()]
        takes = [json.loads(line) for line in files["takes.jsonl"].splitlines()]
        second = next(it["uuid"] for it in takes if it["take_number"] == 2)
        (row,) = [it for it in lines if it["generation"] == second]
        row |= lost
        files["files.jsonl"] = b"".join(json.dumps(it).encode() + b"\n" for it in lines)
        said = json.loads(files["manifest.json"])
        said["missing"] = [{"file": lost["file"], "why": "it is gone from the server"}]
        files["manifest.json"] = json.dumps(said).encode()

    came = bringing.bring(changed(brought, tmp_path / "lost.zip", lose), team).project
    file = Asset.objects.get(generation__project=came, state=Asset.State.FAILED)
    client = sign_in(team.members.get())
    for page in (
        reverse("board", args=[came.slug]),
        reverse("generation", args=[file.generation.uuid]),
    ):
        said = client.get(page).content.decode()
        assert "there is nowhere to fetch it from" in said, page
        assert "Fetch again" not in said
    answer = client.post(reverse("fetch", args=[file.generation.uuid]), follow=True)
    assert "There is nothing to fetch for" in answer.content.decode()
    file.refresh_from_db()
    assert (file.state, file.next_at) == (Asset.State.FAILED, None)


def trashed(project: Project) -> Generation:
    return project.generations.get(trashed_at__isnull=False)


def test_the_money_of_there_is_history_and_counts_nowhere_here(brought, team, client):
    budget = Budget.objects.create(team=team, limit_usd=1)
    project = bringing.bring(brought, team).project
    assert PastEntry.objects.filter(generation__project=project, kind="charged").exists()
    assert not LedgerEntry.objects.exists()
    assert not Account.objects.filter(team=team).with_key().exists()
    assert standings([budget], timezone.now())[0].used_usd == 0
    assert not project.generations.filter(next_at__isnull=False).exists()


def test_nobody_is_told_of_what_happened_there(brought, team):
    webhook = Webhook(team=team, url="https://example.com/", events=["take.finished"])
    webhook.renew_secret()
    webhook.save()
    bringing.bring(brought, team)
    following.follow_all()
    webhook_following.follow_all()
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_what_was_on_its_way_there_is_never_sent_here(project, tmp_path, artist):
    there = [take(project, state, author=artist) for state in ON_THE_WAY]
    bundle = tmp_path / "film.zip"
    writing.write(project, bundle, lambda part: None)
    elsewhere = Elsewhere(tmp_path / "there")
    elsewhere.run("import_project", str(bundle))
    elsewhere.run("export_project", project.slug, str(tmp_path / "again.zip"))
    came = rows(tmp_path / "again.zip", "takes")
    assert [row["state"] for row in came] == ["cancelled"] * len(there)
    assert {row["outcome"] for row in rows(tmp_path / "again.zip", "attempts")} == {"lost"}


def test_who_is_in_the_team_is_found_and_all_others_are_names(brought, team):
    names = {it["name"]: it for it in rows(brought, "people")}
    bob = MembershipFactory(team=team, user__name="Robert Here").user
    email = "bob@example.com"
    User.objects.filter(pk=bob.pk).update(email=email)
    changed = rebuilt(brought, "people", lambda row: known_as(row, "Bob Artist", email, brought))
    project = bringing.bring(changed, team).project
    assert set(project.generations.values_list("author__name", flat=True)) == {
        "Robert Here",
        "Ann Producer",
    }
    ann = User.objects.get(name="Ann Producer")
    assert names["Ann Producer"]["known_by"]
    assert (ann.is_active, ann.has_usable_password()) == (False, False)
    assert ann.email.endswith(".invalid")
    assert not Membership.objects.filter(user=ann).exists()


def test_a_collection_of_the_teams_own_of_that_name_stays_as_it_is(brought, team):
    mine = Collection.begin(team, team.members.get(), "Reel")
    bringing.bring(brought, team)
    assert mine.collected.count() == 0
    assert Collection.objects.get(name="Reel 2").collected.count() == 2


def test_guests_verdicts_come_without_a_way_in(brought, team, anonymous):
    bringing.bring(brought, team)
    assert GuestVerdict.objects.get().who == "Client (guest)"
    assert Share.objects.get().revoked_at is not None


def test_it_comes_once(brought, team, capsys):
    call_command("import_project", str(brought), "--team", "Here")
    call_command("import_project", str(brought), "--team", "Here")
    assert "Night Film is here already" in capsys.readouterr().out
    assert Project.objects.filter(name="Night Film").count() == 1


def test_an_address_that_is_taken_is_left_to_who_has_it(brought, team):
    member(Project.objects.create(team=team, name="Night", slug="night-film"))
    assert bringing.bring(brought, team).project.slug == "night-film-2"


def test_a_private_project_stays_private(project, artist, tmp_path):
    project.make_private([artist], artist)
    bundle = tmp_path / "film.zip"
    writing.write(project, bundle, lambda part: None)
    elsewhere = Elsewhere(tmp_path / "there")
    elsewhere.run("import_project", str(bundle))
    asked = "from studio.models import *; print(Project.objects.get().is_private)"
    assert elsewhere.run("shell", "-v", "0", "-c", asked).strip() == "True"


def test_one_that_is_killed_in_the_middle_leaves_nothing_and_comes_the_next_time(bundle, tmp_path):
    there = Elsewhere(tmp_path / "there")
    begun = there.begin("import_project", str(bundle))
    wait_for(lambda: list((there.folder / "media").glob("importing/*/*.preview.mp4")), 60)
    begun.kill()
    begun.communicate()
    asked = "from studio.models import *; print(Project.objects.count(), User.objects.count())"
    assert there.run("shell", "-v", "0", "-c", asked).split() == ["0", "1"]
    assert not list((there.folder / "media").glob("takes/*/*/*"))
    assert "is in Elsewhere" in there.run("import_project", str(bundle))


def test_its_takes_are_gone_on_with_as_any_others(brought, team, sign_in):
    project = bringing.bring(brought, team).project
    AccountFactory(team=team)
    owner = team.members.get()
    first = project.generations.get(take_number=1)
    longer = take(project, author=owner, extends=first)
    assert (longer.state, longer.take_number) == (State.WAITING, 9)
    client = sign_in(owner)
    for name in ("upscale", "sound", "reframe", "modify", "extend", "remix", "edit"):
        assert client.get(reverse(name, args=[first.uuid])).status_code < 500, name
