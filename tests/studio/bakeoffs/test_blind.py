"""Bake-offs before they are judged: no page, picture or file tells which is whose."""

import re

import pytest
from django.urls import reverse

from generations.models import Generation, State, Still
from studio.models import (
    Collection,
    Mark,
    Notice,
    Project,
    Role,
    Sequence,
    Shot,
    Storyboard,
)
from studio.notices import following
from tests.factories import ProjectFactory, bring, member, still, take, version
from tests.studio.bakeoffs.steps import (
    TELLING,
    THREE,
    TWO,
    begun,
    bring_on,
    judge_all,
    lots,
    main,
    of,
    page,
    score,
)


@pytest.mark.parametrize("path", ["", "pairs/"])
def test_the_pages_of_who_made_it_too_name_nobody(client, project, path):
    bakeoff = begun(client, project, THREE)
    said = page(client, bakeoff, path)
    assert said.count("<video") == (2 if path else 3)
    assert not [word for word in TELLING if word in main(said)]
    for it in Generation.objects.all():
        files = [name for it in it.assets.all() for name in (it.uuid, it.path, it.sha256[:12])]
        named = (it.uuid, it.prompt.uuid, it.attempt().nonce, it.attempt().provider_id, *files)
        assert not [each for each in named if str(each) in said]
    assert "/media/" not in re.sub(r"/bake-offs/[-0-9a-f]+/media/", "", said)


def test_a_file_tells_neither_when_it_was_stored_nor_what_it_is_called(client, project, settings):
    bakeoff = begun(client, project)
    settings.MEDIA_ACCEL_PREFIX = "/inside/"
    for lot in lots(client, bakeoff):
        for kind, content_type in (("film", "video/mp4"), ("poster", "image/jpeg")):
            answer = client.get(f"/bake-offs/{bakeoff.uuid}/media/{lot}/{kind}")
            assert answer.status_code == 200
            assert answer["Content-Type"] == content_type
            told = {"Last-Modified", "ETag", "Content-Disposition", "X-Accel-Redirect"}
            assert not told & set(answer.headers)
            assert "private" in answer["Cache-Control"]
        part = client.get(
            f"/bake-offs/{bakeoff.uuid}/media/{lot}/film", headers={"Range": "bytes=0-9"}
        )
        assert part.status_code == 206
        assert len(b"".join(part)) == 10
        assert not {"Last-Modified", "ETag"} & set(part.headers)


def test_each_judge_has_an_order_that_stays_and_is_their_own(client, project, sign_in):
    bakeoff = begun(client, project, THREE)
    orders = set()
    for _ in range(8):
        user = member(project, Role.REVIEWER)
        mine = sign_in(user)
        found = lots(mine, bakeoff)
        assert found == lots(mine, bakeoff)
        orders.add(tuple(of(lot, user, bakeoff).pk for lot in found))
    assert len(orders) > 1
    assert not set(lots(client, bakeoff)) & set(found), "a lot names nothing elsewhere"
    theirs = f"/bake-offs/{bakeoff.uuid}/media/{found[0]}/film"
    assert client.get(theirs).status_code == 404
    assert "can&#x27;t be judged" in score(client, bakeoff, found[0], "9").content.decode()
    assert not Mark.objects.exists()


def test_a_late_one_keeps_the_letters_of_the_others(client, project, artist):
    bakeoff = begun(client, project, THREE, State.COMPLETED, State.COMPLETED, State.FAILED)
    before = dict(re.findall(r'id="letter-(\w+)">(\w)<', page(client, bakeoff)))
    score(client, bakeoff, next(iter(before)), "5")
    failed = Generation.objects.get(state=State.FAILED)
    assert failed.retry(failed.account, failed.price_usd, artist)
    assert "being made again" in page(client, bakeoff)
    bring(Generation.objects.get(pk=failed.pk), State.COMPLETED)
    after = dict(re.findall(r'id="letter-(\w+)">(\w)<', page(client, bakeoff)))
    assert before.items() < after.items()


def test_no_board_nor_page_shows_which_picture_is_whose_before(client, judge, project):
    bakeoff = begun(client, project)
    it = bakeoff.entrants.first().generation
    pages = (f"/projects/{project.slug}/", "/gallery/", f"/generations/{it.uuid}/")
    for each in (client, judge):
        for path in pages:
            said = main(each.get(path).content.decode())
            assert "In a bake-off" in said
            assert f"/bake-offs/{bakeoff.uuid}/" in said
            assert f"/media/{it.uuid}/" not in said
    judge_all(judge, bakeoff)
    for path in pages:
        assert f"/media/{it.uuid}/" in judge.get(path).content.decode()
        assert f"/media/{it.uuid}/" not in main(client.get(path).content.decode())


def test_no_other_page_shows_which_picture_is_whose_before(client, judge, producer, project):
    bakeoff = begun(client, project)
    entrants = [each.generation for each in bakeoff.entrants.all()]
    it = entrants[0]
    plain = take(project, State.COMPLETED, author=it.author)
    child = take(project, State.COMPLETED, author=it.author, extends=it)
    larger = version(it)
    for each in (*entrants, plain):
        client.post(reverse("send_to_review", args=[each.uuid]))
    sequence = Sequence.begin(project, it.author, "Cut")
    collection = Collection.begin(project.team, it.author, "Best")
    collection.add([it, plain], it.author)
    pages = (
        "/gallery/wall/",
        f"/gallery/wall/?collection={collection.uuid}",
        f"/collections/{collection.uuid}/",
        "/review/dailies/",
        f"/review/compare/?take={plain.uuid}",
        f"/sequences/{sequence.uuid}/bin/",
        f"/review/?take={plain.uuid}",
        f"/generations/{child.uuid}/",
        f"/generations/{larger.uuid}/",
    )
    files = [f"/media/{each.uuid}/" for each in (*entrants, larger)]

    def shown(who, path: str) -> bool:
        said = who.get(path).content.decode()
        said = main(said) if "<main" in said else said
        return any(each in said for each in files)

    cover = f"/projects/{project.slug}/settings/"
    assert not [path for path in pages if shown(judge, path)]
    assert not shown(producer, cover)
    asked = judge.get("/review/compare/", {"take": [it.uuid, plain.uuid]}).content.decode()
    assert "Take 1 is still to be judged blind." in asked
    judge_all(judge, bakeoff)
    assert [path for path in pages if shown(judge, path)] == list(pages)
    producer.post(f"/bake-offs/{bakeoff.uuid}/close/")
    assert shown(producer, cover)


def test_neither_the_trash_nor_what_is_offered_for_a_place_shows_it(client, judge, project):
    bakeoff = begun(client, project)
    it, other = (each.generation for each in bakeoff.entrants.all()[:2])
    client.post(reverse("discard", args=[it.uuid]))
    plain = take(project, State.COMPLETED, author=it.author)
    for who in (client, judge):
        assert f"/media/{it.uuid}/" not in who.get(f"/projects/{project.slug}/trash/").text
    offered = client.post(f"/projects/{project.slug}/compose/picks/", {"picks": "start"}).text
    assert f"/media/{plain.uuid}/" in offered
    assert f"/media/{other.uuid}/" not in offered


def test_no_line_request_cut_or_place_shows_it(client, judge, producer, project, artist):
    bakeoff = begun(client, project)
    it, other = (each.generation for each in bakeoff.entrants.all()[:2])
    grabbed = still(project, author=artist)
    Still.objects.filter(pk=grabbed.pk).update(source=it, frame=3, origin=Still.Origin.GRABBED)
    take(project, State.WAITING, author=artist, extends=it)
    take(project, State.WAITING, author=artist, start=grabbed)
    take(project, State.REQUESTED, author=artist, extends=it)
    take(project, State.REQUESTED, author=artist, start=grabbed)
    sequence = Sequence.begin(project, artist, "Cut")
    for each in (it, other):
        sequence.refresh_from_db()
        sent = {"take": each.uuid, "version": sequence.version}
        client.post(reverse("add_clip", args=[sequence.uuid]), sent)
    sequence.refresh_from_db()
    key = sequence.cut.clips[0].key
    Storyboard.begun(project).add(artist, [Shot(words="Dunes", start=grabbed)])
    pages = {
        "/queue/": judge,
        "/requests/": producer,
        f"/generations/{it.uuid}/reframe/": client,
        f"/generations/{it.uuid}/upscale/": client,
        f"/projects/{project.slug}/": client,
        f"/projects/{project.slug}/stills/": judge,
        f"/projects/{project.slug}/storyboard/": judge,
        f"/sequences/{sequence.uuid}/?clip={key}": judge,
        f"/sequences/{sequence.uuid}/grow/?clip={key}": judge,
        f"/sequences/{sequence.uuid}/cuts/": judge,
        "/": client,
    }
    ids = "|".join(str(each.uuid) for each in (it, other, grabbed))

    def shown(path: str) -> bool:
        return bool(re.search(rf"/media/({ids})/", pages[path].get(path).text))

    def is_placed(**slot) -> bool:
        composer = client.post(f"/projects/{project.slug}/compose/", slot | {"words": "Dunes"}).text
        assert next(iter(slot.values())) in composer
        return bool(re.search(rf"/media/({ids})/", composer))

    assert not [path for path in pages if shown(path)]
    assert not is_placed(start_take=str(it.uuid))
    assert not is_placed(end_still=str(grabbed.uuid))
    assert f"/generations/{it.uuid}/" in judge.get(f"/stills/{grabbed.uuid}/")["Location"]
    cut = main(judge.get(f"/sequences/{sequence.uuid}/?clip={key}").text)
    assert "Take 1: in a bake-off" in cut
    assert f"/bake-offs/{bakeoff.uuid}/" in cut
    producer.post(f"/bake-offs/{bakeoff.uuid}/close/")
    assert not [path for path in pages if not shown(path)]
    assert is_placed(start_take=str(it.uuid))


def test_no_cover_shows_it_whoever_chose_that(client, judge, producer, project):
    bakeoff = begun(client, project)
    it = bakeoff.entrants.first().generation
    plain = take(project, State.COMPLETED, author=it.author)
    client.post(reverse("send_to_review", args=[plain.uuid]))
    grabbed = still(project, author=it.author)
    Still.objects.filter(pk=grabbed.pk).update(source=it, frame=3, origin=Still.Origin.GRABBED)
    choose = f"/projects/{project.slug}/cover/"
    pages = ("/", "/review/", "/gallery/")

    def shown(who, name: object) -> list[str]:
        return [path for path in pages if f"/media/{name}/" in who.get(path).text]

    for chosen in (it, grabbed):
        kind = "still" if chosen is grabbed else "take"
        field, named = f"cover_{kind}", {"cover": f"{kind}:{chosen.uuid}"}
        assert "in this project any more" in producer.post(choose, named).text
        # Somebody chose it who had been told who is who.
        Project.objects.filter(pk=project.pk).update(**{field: chosen})
        assert shown(judge, chosen.uuid) == []
        assert "/" in shown(judge, plain.uuid)
    judge_all(judge, bakeoff)
    assert shown(judge, grabbed.uuid) == list(pages)
    assert "/" not in shown(producer, grabbed.uuid)


def test_none_is_copied_to_where_it_would_stand_beside_its_model(client, producer, project):
    bakeoff = begun(client, project)
    it = bakeoff.entrants.first().generation
    elsewhere = ProjectFactory(team=project.team)
    said = {"take": it.uuid, "to": elsewhere.slug}
    copy = reverse("copy_chosen", args=[project.slug])
    assert "it is still to be judged blind." in client.post(copy, said, follow=True).text
    judge_all(client, bakeoff)
    assert "Copy it once that is closed." in client.post(copy, said, follow=True).text
    assert not Generation.objects.filter(project=elsewhere).exists()
    producer.post(f"/bake-offs/{bakeoff.uuid}/close/")
    client.post(copy, said)
    assert Generation.objects.filter(project=elsewhere).count() == 1


def test_one_whose_file_couldnt_be_fetched_says_so_and_still_shows_nothing(client, project):
    bakeoff = begun(client, project)
    it = bakeoff.entrants.first().generation
    it.assets.filter(kind="video").update(state="failed", next_at=None)
    for path in (f"/projects/{project.slug}/", "/gallery/", f"/generations/{it.uuid}/"):
        said = main(client.get(path).content.decode())
        assert "The file couldn&#x27;t be fetched" in said
        assert "It is rendered and paid for." in said
        assert ("Fetch again" in said) == (path != "/gallery/")
        assert f"/media/{it.uuid}/" not in said


def test_a_version_of_an_entrant_is_veiled_with_it(client, judge, project):
    bakeoff = begun(client, project)
    it = bakeoff.entrants.first().generation
    larger = version(it)
    shown = f"/generations/{it.uuid}/?show={larger.uuid}"
    pages = (f"/generations/{it.uuid}/", shown, f"/generations/{larger.uuid}/")
    for path in pages:
        said = main(judge.get(path).content.decode())
        assert "In a bake-off" in said
        assert f"/media/{larger.uuid}/" not in said
        assert f"/media/{it.uuid}/" not in said
        assert "versions__files" not in said
    judge_all(judge, bakeoff)
    for path in pages:
        assert f"/media/{larger.uuid}/" in judge.get(path).content.decode()


def test_who_judges_is_told_once_that_it_waits(client, artist, judge, reviewer, viewer, project):
    bakeoff = begun(client, project, THREE, State.COMPLETED, State.COMPLETED, State.DREAMING)
    following.follow_all()
    waits = Notice.objects.filter(words="A bake-off of Desert Light waits to be judged blind.")
    assert not waits.exists()
    bring_on(Generation.objects.get(state=State.DREAMING))
    for _ in range(2):
        following.follow_all()
    assert {each.user for each in waits} == {artist, reviewer}
    said = judge.get("/notices/").content.decode()
    assert f'href="/bake-offs/{bakeoff.uuid}/">A bake-off of Desert Light waits' in said


def test_nobody_is_told_of_one_that_came_to_nothing(client, reviewer, project):
    begun(client, project, TWO, State.COMPLETED, State.FAILED)
    following.follow_all()
    assert not Notice.objects.filter(bakeoff__isnull=False).exists()
