"""A picture of another ratio, in a real browser: refused, cut, cut elsewhere, sent."""

import pytest
from playwright.sync_api import expect

from generations.models import Generation, Still
from tests.generations.pictures import picture


@pytest.mark.parametrize("width", [1440, 390])
def test_a_picture_is_cut_in_the_composer_and_sent(board, tmp_path, width):
    page = board()
    page.set_viewport_size({"width": width, "height": 900})
    file = tmp_path / "frame.jpg"
    file.write_bytes(picture(640, 480).read())
    page.locator("#composer-words").fill("Slow push in over the dunes")
    page.locator("#slot-start input[type=file]").set_input_files(file)
    page.locator("#generate").click()
    expect(page.get_by_text("The picture is 4:3 and the take 16:9.")).to_be_visible()
    page.get_by_role("button", name="Crop to 16:9").click()
    expect(page.get_by_text("Cut to 16:9.")).to_be_visible()
    page.get_by_role("button", name="Top").click()
    expect(page.locator("#slot-start [name=start_still]")).to_have_value(
        str(Still.objects.latest("id").uuid)
    )
    assert page.locator("#composer-words").input_value() == "Slow push in over the dunes"
    page.locator("#generate").click()
    expect(page.locator("#takes .take")).to_have_count(1)
    assert Generation.objects.get().keyframes.get().still.cut_from == Still.objects.first()
