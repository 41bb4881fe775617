"""The family of a take, as a tree on its page."""

import re

import pytest
from django.urls import reverse

from generations.kinds import Kind
from generations.models import State
from generations.ordering import accept
from generations.orders import Frame, made_from
from studio.lineage import DOWN, MOST, UP, Family, family_of
from tests.factories import drawn, still, take, version


def told(family: Family) -> list[str]:
    """Write a tree, two spaces for each generation."""
    lines: list[str] = []

    def tell(node, depth):
        mark = "*" if node.is_current else ""
        lines.append("  " * depth + f"{node.take.name}{mark} {node.how}".rstrip())
        for child in node.children:
            tell(child, depth + 1)

    if family.root:
        tell(family.root, 0)
    return lines


@pytest.fixture
def made(project, artist):
    """Return a completed take, or what `order` says."""

    def make(**order):
        return take(project, State.COMPLETED, author=artist, **order)

    return make


def test_a_take_that_stands_alone_has_no_tree(client, made):
    alone = made()
    assert family_of(alone) == Family(None)
    page = client.get(reverse("generation", args=[alone.uuid])).content.decode()
    assert "Lineage" not in page


def test_every_way_to_make_one_of_another_is_in_the_tree(project, artist, made):
    first = made()
    second = made(extends=first)
    made(end=Frame(source=second))
    made(parent=second.prompt, words="Other words")
    accept(project, artist, made_from(second, Kind.MODIFY_VIDEO, mode="flex_1"))
    larger = version(second, Kind.UPSCALE)
    made(extends=second)
    assert told(family_of(second)) == [
        "take 1",
        "  take 2* extends take 1",
        "    take 3 leads up to take 2",
        "    take 4 remix of take 2",
        "    take 5 modified from take 2",
        "    the upscaled take 2 made from take 2",
        "    take 6 extends take 2",
    ]
    assert told(family_of(larger))[:3] == [
        "take 1",
        "  take 2 extends take 1",
        "    the upscaled take 2* made from take 2",
    ]


def test_what_begins_on_a_picture_hangs_on_the_take_that_is_the_picture(project, artist):
    picture = drawn(project, author=artist)
    moving = take(project, author=artist, start=picture.stills.get())
    assert told(family_of(moving)) == ["take 1", "  take 2* begins on a frame of take 1"]


def test_a_take_between_two_others_hangs_on_the_one_at_its_start(client, made):
    start, end = made(), made()
    between = made(extends=start, end=Frame(source=end))
    assert told(family_of(between)) == ["take 1", "  take 3* extends take 1"]
    page = client.get(reverse("generation", args=[between.uuid])).content.decode()
    assert f'Leads up to <a href="{reverse("generation", args=[end.uuid])}">take 2</a>' in page
    assert 'aria-current="true"' in page.split('class="tree"')[1]


def test_a_remix_that_extends_another_take_names_both(client, made):
    first, other = made(), made(words="Snow on the pass")
    both = made(extends=first, parent=other.prompt, words="Snow on the ridge")
    page = client.get(reverse("generation", args=[both.uuid])).content.decode()
    assert told(family_of(both)) == ["take 1", "  take 3* extends take 1"]
    assert f'Remix of <a href="{reverse("generation", args=[other.uuid])}">take 2</a>' in page


def test_a_long_line_is_followed_some_way_and_says_that_it_goes_on(client, made):
    line = [made()]
    for _ in range(UP + DOWN + 2):
        line.append(made(extends=line[-1]))
    middle = line[UP + 1]
    family = family_of(middle)
    assert family.has_earlier
    assert len(told(family)) == UP + 1 + DOWN
    page = client.get(reverse("generation", args=[middle.uuid])).content.decode()
    assert "It goes on above." in page
    assert "More was made of it." in page


def test_a_large_family_costs_as_many_queries_as_a_small_one(made, django_assert_max_num_queries):
    first = made()
    second = made(extends=first)
    for _ in range(MOST + 3):
        made(extends=second)
    with django_assert_max_num_queries(6):
        family = family_of(second)
    assert len(told(family)) == 2 + MOST
    assert family.root.children[0].hides_more


def test_the_tree_has_posters_and_leads_to_each_take(client, project, artist, made):
    parent = made()
    child = take(project, State.DREAMING, author=artist, extends=parent)
    page = client.get(reverse("generation", args=[child.uuid])).content.decode()
    tree = page.split('class="tree"')[1]
    assert reverse("media", args=[parent.uuid, "poster"]) in tree
    assert reverse("media", args=[child.uuid, "poster"]) not in tree
    assert re.search(r"<b>Take 2</b> <span>extends take 1</span> <span>dreaming</span>", tree)


def test_a_still_of_nobody_is_told_without_a_tree(client, project, artist):
    begun = take(project, author=artist, start=still(project))
    page = client.get(reverse("generation", args=[begun.uuid])).content.decode()
    assert "a still</a>" in page
    assert 'class="tree"' not in page
