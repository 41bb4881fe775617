"""A cut that couldn't be read again is never kept, and one that is damaged takes nothing down."""

import json

import pytest
from django.urls import reverse

from generations.models import State
from generations.refusal import Refused
from studio.editing.cut import Clip, Cut, Into, Join
from studio.models import Edit, Sequence
from tests.factories import take
from tests.studio.editing.interchanged import made_takes, written_as
from tests.studio.editing.test_interchange_page import said, send


def file_of(project, edit):
    """Return an OTIO file of three clips, the second going over into the third, with a fault."""
    a, b, c = (made.uuid for made in made_takes(project)[:3])
    crossfade = Into(Join.CROSSFADE, 4)
    cut = Cut((Clip("a", a, 0, 24), Clip("b", b, 0, 24, crossfade), Clip("c", c, 0, 48)))
    document = json.loads(written_as("otio", project, cut))
    edit(document["tracks"]["children"][0]["children"])
    return json.dumps(document)


def reference_of(clip):
    return clip["media_references"][clip["active_media_reference_key"]]


def unknown(row):
    """Make its first clip one that isn't known, and return it."""
    row[0] |= {"name": "", "metadata": {}}
    reference_of(row[0]).update(metadata={}, target_url="")
    return row[0]


def nul_in_the_file(row):
    reference_of(unknown(row))["target_url"] = "media/night\0sky.mov"


def nul_in_the_reel(row):
    unknown(row)["metadata"] = {"cmx_3600": {"reel": "A\x000\n12"}}


def begins_before_its_media(row):
    reference_of(row[0]).update(target_url="", available_range=None)
    row[0]["source_range"]["start_time"]["value"] = -100.0


def dissolves_backwards(row):
    for item in row:
        if item["OTIO_SCHEMA"].startswith("Transition"):
            item["in_offset"]["value"] = item["out_offset"]["value"] = -1000.0


@pytest.mark.parametrize(
    ("fault", "words"), [(nul_in_the_file, "nightsky.mov"), (nul_in_the_reel, "A0 12")]
)
def test_a_name_comes_in_without_what_cannot_be_kept(client, project, fault, words):
    answer = send(client, project, "cut.otio", file_of(project, fault))
    assert answer.status_code == 200
    assert Sequence.objects.get().cut.clips[0].words == f"Missing: {words}"
    assert words in said(client.get(reverse("timeline", args=[project.slug])))


@pytest.mark.parametrize("fault", [begins_before_its_media, dissolves_backwards])
def test_a_file_that_makes_no_cut_is_refused_and_leaves_the_timeline(client, project, fault):
    answer = send(client, project, "cut.otio", file_of(project, fault))
    assert (answer.status_code, Sequence.objects.count()) == (422, 0)
    assert "Export it anew from the editor." in said(answer)
    assert client.get(reverse("timeline", args=[project.slug])).status_code == 200


def test_no_change_keeps_what_could_not_be_read_again(project, artist):
    broken = Cut((Clip("a", take(project, State.COMPLETED, author=artist).uuid, 0, -5),))
    with pytest.raises(Refused, match="couldn't be read again"):
        Sequence.begin(project, artist, "Rough cut", broken)
    assert not Sequence.objects.exists()
    made = Sequence.begin(project, artist, "Rough cut")
    with pytest.raises(Refused, match="couldn't be read again"):
        made.change(1, artist, "Broke it", lambda cut: broken)
    assert (Sequence.objects.get().version, Edit.objects.count()) == (1, 1)


def test_a_damaged_sequence_says_so_and_leaves_the_others(client, viewer, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    good = Sequence.begin(project, artist, "Second reel", Cut((Clip("a", made.uuid),)))
    bad = Sequence.begin(project, artist, "First reel", Cut((Clip("a", made.uuid),)))
    Edit.objects.filter(sequence=bad).update(document={"clips": [{"key": "a", "in_frame": -5}]})
    newest, chosen = (
        said(client.get(url))
        for url in (
            reverse("timeline", args=[project.slug]),
            reverse("sequence", args=[bad.uuid]),
        )
    )
    for page in (newest, chosen):
        assert "“First reel” can’t be read" in page
        assert f'href="{reverse("sequence", args=[good.uuid])}">Open “Second reel”</a>' in page
        assert reverse("discard_sequence", args=[bad.uuid]) in page
    assert "Delete this sequence" not in said(viewer.get(reverse("sequence", args=[bad.uuid])))
    for name in ("exports", "interchange"):
        answer = client.get(reverse(name, args=[bad.uuid]))
        assert (name, answer.status_code) == (name, 422)
        assert "This sequence can’t be read" in said(answer)
    sent = {"take": str(made.uuid)}
    answer = client.post(reverse("add_to_timeline", args=[project.slug]), sent, follow=True)
    assert "“First reel”, can't be read, so nothing was added." in said(answer)
    client.post(reverse("discard_sequence", args=[bad.uuid]))
    assert "Second reel" in said(client.get(reverse("timeline", args=[project.slug])))
