"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def picture(width: int = 64, height: int = 36, kind: str = "JPEG", **save: object) -> BytesIO:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **save)
    out.seek(0)
    return out
