"""What the composer takes several of: camera moves, and pictures to make an image after."""

import re

import pytest
from django.urls import reverse

from generations.models import Generation, Prompt
from tests.factories import AccountFactory, still
from tests.studio.test_making import compose, generate, verb


def test_several_camera_moves_are_ordered_and_kept_by_a_remix(client, project):
    typed = {"words": "Dunes", "model": "ray-2", "ratio": "16:9", "resolution": "540p"}
    moves = ["push_in", "tilt_up", "handheld"]
    url = reverse("generate", args=[project.slug])
    client.post(url, typed | {"duration_s": "5", "concepts": moves, "shown_usd": "100"})
    made = Generation.objects.get()
    assert made.prompt.concepts == moves
    remix = client.get(verb("remix", made)).content.decode()
    assert "Push in +2" in remix
    assert len(re.findall(r'name="concepts" value="(\w+)" checked', remix)) == 3
    shown = compose(client, project, **typed, concepts=moves[:2]).content.decode()
    assert "Push in +1" in shown


def test_an_image_takes_as_many_references_of_each_use_as_the_model(client, project):
    roles = ["image"] * 4 + ["style"] * 4 + ["character"] * 4 + ["modify"]
    kept = [still(project) for _ in roles]
    typed = {"kind": "image", "model": "photon-1", "ratio": "1:1", "words": "A lighthouse"}
    for each in kept:
        shown = compose(client, project, **typed, add=str(each.uuid)).content.decode()
        typed |= re.findall(r'name="(ref\d+_still)" value="(.+?)"', shown)
        typed |= re.findall(r'name="(ref\d+_role)".*?value="(\w+)" selected', shown, re.DOTALL)
    assert [typed[f"ref{number}_role"] for number in range(13)] == roles
    assert generate(client, project, **typed).status_code == 302
    made = Generation.objects.get()
    assert sorted(each.role for each in made.references.all()) == sorted(roles)
    remix = client.get(verb("remix", made)).content.decode()
    assert all(str(each.uuid) in remix for each in kept)


@pytest.mark.parametrize(
    "roles", [["image"] * 9, ["image"] * 8 + ["modify"]], ids=["nine", "eight to change one"]
)
def test_uni_takes_nine_pictures_in_all_and_has_no_place_for_more(client, project, roles):
    AccountFactory(team=project.team, provider="luma-agents")
    kept = [still(project) for _ in range(10)]
    typed = {"kind": "image", "model": "uni-1", "ratio": "1:1", "words": "A lighthouse"}
    typed |= {f"ref{n}_still": str(each.uuid) for n, each in enumerate(kept[:9])}
    typed |= {f"ref{n}_role": role for n, role in enumerate(roles)}
    shown = compose(client, project, **typed).content.decode()
    assert re.findall(r'name="(ref\d+)_role"', shown) == [f"ref{n}" for n in range(9)]
    more = {
        "ref9_still": str(kept[9].uuid),
        "ref9_role": "image" if "modify" in roles else "modify",
    }
    page = generate(client, project, **typed, **more).content.decode()
    assert "take 1 out" in page
    assert generate(client, project, **typed).status_code == 302
    assert Generation.objects.get().references.count() == 9


def test_a_use_beyond_the_models_most_is_refused_with_the_remedy(client, project):
    typed = {f"ref{number}_still": str(still(project).uuid) for number in range(5)}
    typed |= {f"ref{number}_role": "style" for number in range(5)}
    page = generate(client, project, words="A lighthouse", **typed).content.decode()
    assert "At most 4 style pictures: take 1 out, or use it otherwise." in page
    assert Prompt.objects.count() == 0


def test_what_is_refused_has_the_focus_where_the_page_is_loaded_whole(client, project):
    whole = generate(client, project, words="x").content.decode()
    assert re.search(
        r'<textarea id="composer-words"[^>]* aria-invalid="true"[^>]* autofocus>', whole
    )
    part = client.post(
        reverse("generate", args=[project.slug]), {"words": "x"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'aria-invalid="true"' in part
    assert "autofocus" not in part
