"""Films: every frame where it belongs, copied where it can be and encoded where it must be."""

import pytest

from studio.editing import lettering
from studio.editing.cut import Clip, Cut, Into, Join, Place, Title
from studio.editing.typeface import missing_in
from tests.studio.editing.filmed import clip, db, filmed, numbers_in, pictures_in, samples_in


def test_clips_that_match_are_copied_whole(project, exported):
    one, two = filmed(project, clip(0)), filmed(project, clip(100))
    made = exported(Cut(clips=(Clip("a", one.uuid), Clip("b", two.uuid), Clip("c", one.uuid))))
    assert (made.frames_copied, made.frames_rendered) == (144, 0)
    assert numbers_in(made.file) == [*range(48), *range(100, 148), *range(48)]
    assert made.duration_s == pytest.approx(6, abs=0.001)
    assert (made.width, made.pixel_height) == (320, 180)


def test_a_clip_trimmed_off_a_key_frame_is_encoded_only_up_to_the_next(project, exported):
    one, two = filmed(project, clip(0)), filmed(project, clip(100, frames=96))
    made = exported(Cut(clips=(Clip("a", one.uuid), Clip("b", two.uuid, 5, 90))))
    assert numbers_in(made.file) == [*range(48), *range(105, 190)]
    assert made.frames_copied >= 48 + 60


def test_only_the_odd_clip_is_encoded(project, exported):
    usual, odd = filmed(project, clip(0)), filmed(project, clip(100, size=(426, 240)))
    made = exported(Cut(clips=(Clip("a", usual.uuid), Clip("b", odd.uuid), Clip("c", usual.uuid))))
    assert (made.frames_copied, made.frames_rendered) == (96, 48)
    assert (made.width, made.pixel_height) == (320, 180)
    assert numbers_in(made.file) == [*range(48), *range(100, 148), *range(48)]


def test_clips_with_other_parameters_stand_in_one_file(project, exported):
    usual = filmed(project, clip(0, frames=72))
    odd = filmed(project, clip(100, more=("-refs", "1", "-bf", "0")))
    made = exported(Cut(clips=(Clip("a", odd.uuid), Clip("b", usual.uuid), Clip("c", odd.uuid, 7))))
    assert numbers_in(made.file) == [*range(100, 148), *range(72), *range(107, 148)]
    assert made.frames_copied == 72


def test_another_rate_is_brought_to_24(project, exported):
    usual, odd = filmed(project, clip(0)), filmed(project, clip(100, frames=60, fps=30))
    made = exported(Cut(clips=(Clip("a", usual.uuid), Clip("b", odd.uuid))))
    read = numbers_in(made.file)
    assert len(read) == 96
    wanted = [100 + at * 30 / 24 for at in range(48)]
    assert all(abs(is_ - should) <= 1 for is_, should in zip(read[48:], wanted, strict=True))


def test_another_size_encodes_everything(project, exported):
    one = filmed(project, clip(0))
    made = exported(Cut(clips=(Clip("a", one.uuid),)), height=240)
    assert (made.width, made.pixel_height, made.frames_copied) == (426, 240, 0)
    assert numbers_in(made.file) == [*range(48)]


def test_a_crossfade_shows_both_and_leaves_the_rest_copied(project, exported):
    one, two = filmed(project, clip(0, frames=96)), filmed(project, clip(100, frames=96))
    cut = Cut(clips=(Clip("a", one.uuid, into=Into(Join.CROSSFADE, 12)), Clip("b", two.uuid)))
    made = exported(cut)
    read = numbers_in(made.file)
    assert len(read) == 180
    assert read[:84] == [*range(84)]
    assert read[96:] == [*range(112, 196)]
    assert made.frames_copied > 96


def test_a_dip_goes_to_black_and_back(project, exported):
    one, two = filmed(project, clip(0)), filmed(project, clip(100))
    cut = Cut(clips=(Clip("a", one.uuid, into=Into(Join.BLACK, 12)), Clip("b", two.uuid)))
    made = exported(cut)
    means = [picture.mean() for picture in pictures_in(made.file)]
    assert len(means) == 96
    assert min(means[46:50]) < 25 < min(means[:42])


def test_a_card_and_a_lower_third_are_drawn(project, exported):
    one = filmed(project, clip(0, frames=72))
    cut = Cut(
        clips=(Clip("a", words="Dawn: 'the' \\ 100% [film]", out_frame=24), Clip("b", one.uuid)),
        titles=(Title("t", at=36, frames=12, words="Mia Kern", more_words="Pilot"),),
    )
    made = exported(cut)
    shown = pictures_in(made.file)
    assert len(shown) == 96
    assert shown[12][60:120].max() > 200
    assert shown[12].mean() < 20
    plain = pictures_in(clip(0, frames=72))
    lower = [abs(shown[at][145:].astype(int) - plain[at - 24][145:]).max() for at in (30, 40, 55)]
    assert lower[1] > 100 > max(lower[0], lower[2])


def test_a_title_comes_up_and_goes_out_also_over_a_cut(project, exported):
    one = filmed(project, clip(0))
    cards = (Clip("a", words=".", out_frame=36), Clip("b", words=".", out_frame=36))
    title = Title("t", 12, 48, "Mia", place=Place.LOWER_THIRD, fade_in=31, fade_out=11)
    made = exported(Cut(clips=(*cards, Clip("c", one.uuid)), titles=(title,)))
    lights = [int(picture[140:].max()) for picture in pictures_in(made.file)[:72]]
    black, white = lights[0], max(lights)
    shares = [(light - black) / (white - black) for light in lights]
    wanted = [min((at - 11) / 32, (60 - at) / 12, 1) for at in range(12, 60)]
    assert white > 180
    assert max(shares[:12] + shares[60:]) < 0.05
    assert shares[12:60] == pytest.approx(wanted, abs=0.08)


def test_silence_stands_where_a_clip_has_no_sound(project, exported):
    heard, silent = filmed(project, clip(0, tone=440)), filmed(project, clip(100))
    made = exported(
        Cut(clips=(Clip("a", heard.uuid), Clip("b", silent.uuid), Clip("c", heard.uuid)))
    )
    samples = samples_in(made.file)
    assert abs(len(samples) / 48000 - 6) < 0.04
    parts = [db(samples[48000 * at + 4800 : 48000 * (at + 1) - 4800]) for at in range(6)]
    assert max(parts[2:4]) < -60 < -30 < min(*parts[:2], *parts[4:])
    assert made.frames_copied == 144


@pytest.mark.parametrize("words", ["Zażółć gęślą jaźń", "Рассвет в горах", "Αυγή", "Bình minh"])
def test_titles_have_the_letters_of_what_they_are_written_in(words):
    assert missing_in(words) == ""
    drawn = lettering.draw(words, "", Place.CENTRE, (640, 360))
    box = drawn.getbbox()
    assert box[0] >= 64
    assert box[2] <= 576 + 2
    boxes = lettering.draw("\ufffe" * len(words), "", Place.CENTRE, (640, 360))
    assert drawn.tobytes() != boxes.tobytes()


def test_letters_that_inter_doesnt_have_are_known():
    assert missing_in("Dawn 夜明け 夜 🚀") == "夜明け🚀"


def test_long_words_stay_within_the_safe_margins():
    for place in Place:
        for size in ((1280, 720), (720, 1280)):
            drawn = lettering.draw("Donaudampfschifffahrt" * 3, "and more " * 20, place, size)
            left, top, right, bottom = drawn.getbbox()
            assert left >= size[0] * 0.1 - 3
            assert right <= size[0] * 0.9 + 6
            assert top >= 0
            assert bottom <= size[1] * 0.9 + 6 or place is Place.CENTRE
