"""A picture is taken apart from its page, and its layers are looked at, kept and downloaded."""

from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from generations.kinds import Kind
from generations.models import Asset, Generation, State, Still
from generations.orders import made_from
from tests.factories import AccountFactory, beside, bring, keep_files, still, take
from tests.studio.test_making import verb


@pytest.fixture
def agents(project):
    AccountFactory(team=project.team, provider="luma", name="Dream Machine")
    return AccountFactory(team=project.team, provider="luma-agents", name="Agents", rank=1)


@pytest.fixture
def see_through(tmp_path) -> Path:
    """A picture that can be seen through."""
    file = tmp_path / "layer.png"
    Image.new("RGBA", (64, 36), (9, 40, 90, 128)).save(file)
    return file


@pytest.fixture
def parted(project, client, agents, see_through) -> Generation:
    """A still taken apart, with its files."""
    url = reverse("layers_still", args=[still(project).uuid])
    client.post(url, {"words": "The hills from the sky", "resolution": "2k", "shown_usd": "100"})
    made = Generation.objects.latest("pk")
    bring(made, State.COMPLETED)
    keep_files(made)
    for number, label in enumerate(("sky", "hills")):
        beside(made, Asset.Kind.LAYER, see_through, number, label)
    return made


def test_a_still_is_taken_apart_from_its_page(client, project, agents):
    kept = still(project)
    url = reverse("layers_still", args=[kept.uuid])
    assert f'href="{url}"' in client.get(reverse("still", args=[kept.uuid])).content.decode()
    form = client.get(url).content.decode()
    assert "Take apart at 1k, $0.05 (your estimate)" in form
    assert "may be left out" not in form
    refused = client.post(url, {"words": "", "resolution": "1k", "shown_usd": "1"})
    assert 'id="words-error"' in refused.content.decode()
    assert not Generation.objects.exists()
    client.post(url, {"words": "The hills", "resolution": "1k", "shown_usd": "1"})
    made = Generation.objects.get()
    assert (made.prompt.kind, made.prompt.resolution, made.version_of) == ("layers", "1k", None)
    assert made.references.get().still == kept
    assert client.get(verb("remix", made)).url.startswith(f"{url}?")
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert "The hills" in board


def test_a_team_without_such_an_account_is_not_offered_it(client, project):
    AccountFactory(team=project.team, provider="luma", name="Dream Machine")
    kept = still(project)
    page = client.get(reverse("still", args=[kept.uuid])).content.decode()
    assert 'aria-describedby="why-no-layers">Layers</button>' in page
    form = client.get(reverse("layers_still", args=[kept.uuid])).content.decode()
    assert "This team has no account that can do this." in form


def test_layers_are_on_the_takes_page_and_become_stills(client, viewer, stranger, parted):
    page = client.get(reverse("generation", args=[parted.uuid])).content.decode()
    assert 'alt="The layer sky"' in page
    layer = reverse("media", args=[parted.uuid, "layer-1"])
    answer = client.get(f"{layer}?download=1")
    assert answer["Content-Type"] == "image/png"
    assert "layer-1.png" in answer["Content-Disposition"]
    assert stranger.get(layer).status_code == 404
    assert client.get(reverse("media", args=[parted.uuid, "layer-7"])).status_code == 404

    keep = reverse("layer_as_still", args=[parted.uuid, 1])
    assert viewer.post(keep).status_code == 403
    for _ in range(2):  # twice is once
        client.post(keep)
    [kept] = Still.objects.filter(source=parted, origin=Still.Origin.GRABBED)
    with Image.open(kept.file) as picture:
        assert (picture.mode, picture.getpixel((1, 1))[3]) == ("RGBA", 128)
    assert client.post(reverse("layer_as_still", args=[parted.uuid, 9])).status_code == 404


def test_the_frames_of_a_clip_are_downloaded_from_its_page(client, project, agents, see_through):
    settings_of = {"model": "ray-3.2", "options": {"hdr": True, "exr": True}}
    made = take(project, State.COMPLETED, **settings_of)
    beside(made, Asset.Kind.EXR, see_through)
    page = client.get(reverse("generation", args=[made.uuid])).content.decode()
    assert "Every frame as EXR" in page
    assert reverse("media", args=[made.uuid, "exr-0"]) in page


def test_a_file_beside_that_was_given_up_is_fetched_again(client, agents, parted):
    agents.set_key("luma-api-x")
    agents.save()
    lost = parted.assets.get(kind="layer", number=1)
    Asset.objects.filter(pk=lost.pk).update(state="failed", error="It was gone.", source_url="x")
    page = client.get(reverse("generation", args=[parted.uuid])).content.decode()
    assert "It was gone." in page
    client.post(reverse("fetch", args=[parted.uuid]))
    lost.refresh_from_db()
    assert lost.state == "pending"


def test_a_picture_that_was_made_here_offers_it(client, parted):
    assert (
        reverse("layers", args=[parted.uuid])
        in client.get(reverse("generation", args=[parted.uuid])).content.decode()
    )
    again = made_from(parted, Kind.LAYERS, words="Once more")
    assert (again.kind, again.duration_s, again.resolution) == (Kind.LAYERS, 0, "2k")


def test_a_layer_whose_file_is_gone_says_so(client, parted):
    parted.assets.get(kind="layer", number=1).file.unlink()
    page = client.post(reverse("layer_as_still", args=[parted.uuid, 1]), follow=True)
    assert "The layer&#x27;s file can&#x27;t be read" in page.content.decode()
    assert not Still.objects.filter(origin=Still.Origin.GRABBED).exists()
