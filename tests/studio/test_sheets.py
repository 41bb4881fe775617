"""A page's stylesheets come in one answer."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from studio.sheets import sheet_of

CSS = Path(settings.BASE_DIR) / "static" / "css"


def address(names: str, digest: str = "") -> str:
    return reverse("sheet", args=[digest or sheet_of(names).digest, names])


def test_the_files_come_in_their_order_and_may_be_kept_for_ever(anonymous):
    answer = anonymous.get(address("base.card"))
    base, card = ((CSS / f"{name}.css").read_text() for name in ("base", "card"))
    assert answer.content.decode() == f"{base}\n{card}"
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]


def test_they_are_packed_for_who_unpacks_them(anonymous):
    answer = anonymous.get(address("card"), headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == (CSS / "card.css").read_bytes()
    assert "Accept-Encoding" in answer["Vary"]


def test_what_a_sheet_draws_with_is_found_from_its_address(anonymous):
    said = anonymous.get(address("tokens")).content.decode()
    places = re.findall(r'url\("([^"]+)"\)', said)
    assert places == ["/static/vendor/inter-5.3.0/inter-latin-wght-normal.woff2"]


def test_a_page_of_an_earlier_version_gets_what_there_is_and_keeps_it_not(anonymous):
    answer = anonymous.get(address("card", digest="0123456789ab"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("names", ["nothing", "..", "card..base", "Card", "a" * 40, "card." * 50])
def test_no_other_file_is_sent(anonymous, names):
    assert anonymous.get(f"/sheets/0123456789ab/{names}.css").status_code == 404


def test_a_sheet_that_changes_has_another_address(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    sheet = tmp_path / "static" / "css" / "card.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("a {}")
    before = sheet_of("card").digest
    sheet.write_text("b {}")
    assert sheet_of("card").digest != before


def test_every_sheet_that_a_page_names_is_there():
    pages = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
    named = [
        (page.name, names)
        for page in pages
        for names in re.findall(r'{% stylesheets "([^"]+)" %}', page.read_text())
    ]
    assert len(named) > 10
    assert [each for each in named if not sheet_of(each[1].replace(" ", "."))] == []
