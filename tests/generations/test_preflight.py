"""Before paying: a picture of another ratio is cut, or kept on purpose; never sent unawares."""

import pytest
from PIL import Image

from generations import stills
from generations.models import Generation, LedgerEntry
from generations.orders import Frame
from generations.preflight import Fit, Place
from generations.refusal import Refused
from tests.generations.pictures import picture


def keep(studio, width, height, kind="JPEG"):
    return stills.keep_upload(studio.project, studio.person, picture(width, height, kind))


@pytest.mark.parametrize(
    ("size", "ratio", "words"),
    [
        ((64, 36), "16:9", ""),
        ((1920, 1088), "16:9", ""),  # a codec's size
        ((1376, 768), "16:9", ""),
        ((640, 480), "16:9", "The picture is 4:3 and the take 16:9."),
        ((36, 64), "16:9", "The picture is 9:16 and the take 16:9."),
        ((600, 380), "1:1", "The picture is 600 × 380 and the take 1:1."),
    ],
)
def test_a_ratio_is_judged_and_said(studio, size, ratio, words):
    assert Fit(keep(studio, *size), ratio).words == words


def test_a_picture_of_another_ratio_is_refused_before_anything_is_paid(studio):
    frame = Frame(still=keep(studio, 640, 480))
    with pytest.raises(Refused) as caught:
        studio.order("Slow push in", start=frame)
    said = "The picture is 4:3 and the take 16:9. Crop it to 16:9, or keep it as it is."
    assert caught.value.errors == {"start": said}
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_it_is_sent_when_somebody_chose_to_keep_it(studio):
    frame = Frame(still=keep(studio, 640, 480), as_is=True)
    assert studio.order("Slow push in", start=frame).state == "waiting"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize(("size", "ratio"), [((640, 480), "16:9"), ((640, 480), "9:16")])
def test_a_crop_has_the_ratio_and_the_part(studio, size, ratio, place, kind):
    whole = keep(studio, *size, kind)
    whole.rights = "Jo, all rights"
    part = stills.cut(whole, ratio, place, studio.person)
    assert Fit(part, ratio).is_right
    assert (part.cut_from, part.rights, part.origin) == (whole, "Jo, all rights", whole.origin)
    left, top, right, bottom = Fit(whole, ratio).box(place)
    assert (part.width, part.height) == (right - left, bottom - top)
    with Image.open(whole.file) as before, Image.open(part.file) as after:
        wanted = before.convert("L").getpixel(((left + right) // 2, (top + bottom) // 2))
        assert abs(after.convert("L").getpixel((part.width // 2, part.height // 2)) - wanted) < 6


def test_a_crop_is_cut_anew_from_the_whole_picture(studio):
    whole = keep(studio, 640, 480)
    first = stills.cut(whole, "16:9", Place.START, studio.person)
    second = stills.cut(first, "16:9", Place.END, studio.person)
    assert second.cut_from == whole
    assert (second.width, second.height) == (640, 360)


def test_a_crop_of_a_picture_whose_file_is_gone_is_refused_with_words(studio):
    whole = keep(studio, 640, 480)
    whole.file.unlink()
    with pytest.raises(Refused, match="Upload it again"):
        stills.cut(whole, "16:9", Place.MIDDLE, studio.person)
