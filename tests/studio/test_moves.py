"""The camera moves' pictures."""

import re
from pathlib import Path

from django.conf import settings

from generations.catalogue import catalogue


def test_every_camera_move_has_a_picture_of_its_own():
    css = (Path(settings.BASE_DIR) / "static/css/moves.css").read_text()
    pictured = set(re.findall(r"\[data-move=(\w+)\]", css))
    assert set(catalogue().concepts) - pictured == {"static"}  # in which nothing moves
    assert pictured <= set(catalogue().concepts)
    assert "prefers-reduced-motion" in (Path(settings.BASE_DIR) / "static/css/base.css").read_text()
