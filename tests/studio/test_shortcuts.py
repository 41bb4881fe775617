"""The list of the keys."""

from django.urls import reverse


def test_the_shortcuts_are_a_page_where_there_is_no_script(client, project):
    page = client.get(reverse("shortcuts")).content.decode()
    for place in ("Everywhere", "Board", "Composer", "Take"):
        assert f"<h3>{place}</h3>" in page
    assert "data-shortcuts>" not in page  # once is enough there
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert f'href="{reverse("shortcuts")}"' in board
    assert "<h3>Composer</h3>" in board
