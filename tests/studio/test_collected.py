"""What is collected for production."""

import json
import re

import pytest
from django.core.management import call_command


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    files = {"BACKEND": "studio.storage.CollectedFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": files}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_a_module_has_one_name_whether_a_page_or_another_module_asks_for_it(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    imports = 0
    for name, hashed in names.items():
        if not re.fullmatch(r"js/\w+\.js", name):
            continue
        for module in re.findall(
            r'^import [^"]*"\./([^"]+)"', (collected / hashed).read_text(), re.M
        ):
            assert f"js/{module}" in names.values()
            imports += 1
    assert imports
