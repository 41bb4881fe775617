"""What a file is that was taken for a picture: told apart by its first bytes, whatever its name."""

import re

EMPTY = "This file is empty. Choose a JPEG, PNG or WebP."
VIDEO = "This is a video, and a still is a picture. Save one frame of it as a JPEG, PNG or WebP."
_ANOTHER = "This is {what}, which can't be taken. Save it as a JPEG, PNG or WebP."
HEIC = "This is a HEIC photo, which can't be taken. Export it as a JPEG first."

# ISO base media: the brand behind "ftyp" says what is inside.
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide")
_BEGINNINGS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF or raw photo"),
    (b"MM\x00*", "a TIFF or raw photo"),
    (b"8BPS", "a Photoshop file"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an archive"),
    (b"<svg", "an SVG drawing"),
)
_SVG = re.compile(rb"\s*<\?xml[^>]*>\s*(<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg", re.DOTALL)


def mistaken(data: bytes) -> str:
    """Return what a file is instead of a picture that is taken, with the remedy; or nothing."""
    if not data:
        return EMPTY
    if data[4:8] == b"ftyp":
        return _by_brand(data[8:12])
    is_avi = data[:4] == b"RIFF" and data[8:12] == b"AVI "
    is_matroska, is_mpeg = data[:4] == b"\x1aE\xdf\xa3", data[:4] == b"\x00\x00\x01\xba"
    if is_avi or is_matroska or is_mpeg or data[4:8] in _OLD_QUICKTIME:
        return VIDEO
    what = next((what for start, what in _BEGINNINGS if data.startswith(start)), "")
    if _SVG.match(data[:2000]):
        what = "an SVG drawing"
    return _ANOTHER.format(what=what) if what else ""


def _by_brand(brand: bytes) -> str:
    if brand in _HEIC_BRANDS:
        return HEIC
    return _ANOTHER.format(what="an AVIF picture") if brand in _AVIF_BRANDS else VIDEO
