"""Uploads: nothing about them is believed."""

import random
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import numpy
import pytest
from django.core import signing
from PIL import Image, ImageCms, PngImagePlugin

from generations import publishing
from generations.models import Still
from generations.orders import Frame
from generations.preflight import Fit
from generations.refusal import Refused
from generations.stills import MAX_BYTES, cut, discard, keep_upload
from tests.generations.conftest import make_studio
from tests.generations.pictures import picture


def keep(studio, upload):
    return keep_upload(studio.project, studio.person, upload)


def test_a_picture_is_kept_without_its_metadata(studio):
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x0112] = 6  # turned by a quarter
    still = keep(studio, picture(64, 36, exif=exif))
    assert (still.width, still.height) == (36, 64)
    with Image.open(still.file) as kept:
        assert dict(kept.getexif()) == {}
    assert still.file.stat().st_size == still.size_bytes


def with_everything(kind):
    """A picture with a camera's remarks, a place, a comment, XMP and a colour profile."""
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "A SECRET camera", "SECRET remark"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 12.0)  # where it was taken
    exif.get_ifd(0x8825)[29] = "SECRET place"
    out = BytesIO()
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "SECRET xmp")
    texts.add_text("Comment", "SECRET comment")
    options = {
        "PNG": {"pnginfo": texts},
        "JPEG": {"comment": b"SECRET comment", "xmp": b"SECRET xmp"},
        "WEBP": {"xmp": b"SECRET xmp", "lossless": True},
    }[kind]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shot = Image.new("RGB", (64, 36), (200, 80, 40))
    shot.save(out, kind, exif=exif, icc_profile=profile + b"SECRET", **options)
    assert out.getvalue().count(b"SECRET") >= 4
    return out


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_nothing_but_pixels_is_left_of_a_picture(studio, kind):
    still = keep(studio, with_everything(kind))
    assert b"SECRET" not in still.file.read_bytes()
    with Image.open(still.file) as kept:
        kept.load()
        assert dict(kept.getexif()) == {}
        assert not kept.getexif().get_ifd(0x8825)
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_in_other_colours_looks_the_same_without_its_profile(studio):
    # A profile whose red and green are swapped against sRGB's: without it, red would be green.
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    out = BytesIO()
    Image.new("RGB", (64, 36), (250, 20, 20)).save(out, "PNG", icc_profile=bytes(swapped))
    with Image.open(keep(studio, out).file) as kept:
        red, green, _ = kept.getpixel((30, 18))
    assert green > 200
    assert red < 100


def test_colours_of_print_become_colours_of_a_screen(studio):
    out = BytesIO()
    Image.new("CMYK", (64, 36), (0, 255, 255, 0)).save(out, "JPEG")
    with Image.open(keep(studio, out).file) as kept:
        assert kept.mode == "RGB"
        red, green, blue = kept.getpixel((30, 18))
    assert red > 200
    assert max(green, blue) < 60


def test_sixteen_bits_of_grey_stay_grey(studio):
    out = BytesIO()
    Image.new("I;16", (64, 36), 32768).save(out, "PNG")
    with Image.open(keep(studio, out).file) as kept:
        assert all(abs(each - 128) < 4 for each in kept.getpixel((30, 18)))


def test_what_can_be_seen_through_stays_so(studio):
    out = BytesIO()
    Image.new("LA", (64, 36), (200, 90)).save(out, "PNG")
    with Image.open(keep(studio, out).file) as kept:
        assert kept.getpixel((30, 18)) == (200, 200, 200, 90)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_the_usual_formats_are_taken(studio, kind):
    assert keep(studio, picture(kind=kind)).width == 64


def bomb(width, height):
    """A PNG that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b""))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (b"hello", "isn't a picture"),
        (b"", "This file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a HEIC photo"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "an AVIF picture"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isom", "This is a video"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01", "This is a video"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "This is a video"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "a GIF"),
        (b"%PDF-1.7", "a PDF"),
        (picture().read()[:300], "isn't a picture"),
        (b"\x00" * (MAX_BYTES + 1), "over 20 MB"),
        (bomb(100_000, 100_000), "50 million"),
        (bomb(10_000, 5_001), "50 million"),
    ],
)
def test_what_is_no_picture_or_too_big_is_refused_with_words(studio, upload, says):
    with pytest.raises(Refused, match=says) as caught:
        keep(studio, BytesIO(upload))
    assert list(caught.value.errors) == ["start"]
    assert Still.objects.count() == 0


def noise(width, height, channels, kind, **save):
    pixels = numpy.random.default_rng(1).integers(0, 256, (height, width, channels), numpy.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, kind, **save)
    return out


def test_a_noisy_picture_just_under_the_limit_is_kept_no_larger_than_it_is_taken(
    transactional_db, live_server, settings, simulator
):
    settings.LOCAL_URL = live_server.url
    studio = make_studio(simulator)
    upload = noise(4700, 4700, 3, "JPEG", quality=90)
    assert 19_500_000 < len(upload.getvalue()) <= 20_000_000
    still = keep(studio, upload)
    assert (still.width, still.height) == (4700, 4700)
    assert 15_000_000 < still.file.stat().st_size <= 20_000_000
    assert still.size_bytes == still.file.stat().st_size
    take = studio.order("Slow push in", ratio="1:1", start=Frame(still=still))
    studio.work(take, until="completed")  # the simulator refuses above 20,000,000 bytes


@pytest.mark.parametrize(
    ("channels", "save", "says"),
    [
        (4, {"kind": "WEBP", "lossless": True}, "can be seen through.*as a JPEG"),
        (3, {"kind": "WEBP", "quality": 1}, "over 20 MB as it would be sent. Scale it down"),
    ],
)
def test_what_is_too_large_once_it_is_encoded_is_refused_with_the_remedy(
    studio, monkeypatch, channels, save, says
):
    upload = noise(300, 300, channels, **save)
    monkeypatch.setattr("generations.stills.MAX_BYTES", len(upload.getvalue()))
    with pytest.raises(Refused, match=says):
        keep(studio, upload)
    assert not Still.objects.exists()


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_picture_is_refused_or_kept_and_never_an_accident(studio, seed):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera"
    data = bytearray(picture(exif=exif).read())
    dice = random.Random(seed)
    for _ in range(6):
        data[dice.randrange(2, 200)] = dice.randrange(256)
    with suppress(Refused):
        assert keep(studio, BytesIO(bytes(data))).width > 0


def test_the_provider_fetches_a_still_by_a_signed_url_that_expires(
    studio, client, time_machine, settings
):
    still = keep(studio, picture())
    url = publishing.publish(still, studio.account)
    path = url.removeprefix(settings.LOCAL_URL)
    answer = client.get(path)
    assert answer.status_code == 200
    assert b"".join(answer) == still.file.read_bytes()
    assert client.get(path[:-1] + "x").status_code == 404
    forged = signing.dumps(str(still.uuid), salt="another")
    with pytest.raises(Still.DoesNotExist):
        publishing.published(forged)
    import datetime

    time_machine.move_to(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=25))
    assert client.get(path).status_code == 404


def test_a_take_starts_on_the_uploaded_picture(transactional_db, live_server, settings, simulator):
    import av
    import numpy as np

    settings.LOCAL_URL = live_server.url
    studio = make_studio(simulator)
    still = keep(studio, picture(960, 540))
    take = studio.order("Slow push in", start=Frame(still=still))
    studio.work(take, until="stored")
    with av.open(str(take.assets.get(kind="video").file)) as video:
        first = next(video.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    with Image.open(still.file) as kept:
        difference = np.abs(first - np.asarray(kept.convert("RGB")).astype(int)).mean()
    assert difference < 4


def test_a_still_has_a_small_copy_for_lists(studio):
    still = keep(studio, picture(1600, 900))
    with Image.open(still.small_file) as small:
        assert (small.format, small.size) == ("WEBP", (640, 360))


def test_a_still_that_nothing_uses_is_deleted_with_its_files(
    studio, django_capture_on_commit_callbacks
):
    still = keep(studio, picture())
    crop = cut(still, "1:1", 0.25, studio.person)
    files = (still.file, still.small_file)
    with django_capture_on_commit_callbacks(execute=True):
        discard(still)
    assert not any(file.exists() for file in files)
    crop.refresh_from_db()
    assert crop.cut_from is None
    assert crop.file.exists()


def test_a_still_is_cut_where_it_was_placed(studio):
    still = keep(studio, picture(640, 360))
    assert Fit(still, "1:1").box(0.25) == (70, 0, 430, 360)
    crop = cut(still, "1:1", 0.25, studio.person)
    assert (crop.width, crop.height, crop.cut_from) == (360, 360, still)
