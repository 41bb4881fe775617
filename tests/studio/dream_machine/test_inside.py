"""Hundreds of addresses that lead inside, as a script may say them: nothing is connected to."""

from datetime import timedelta

from django.utils import timezone

from generations.models import Generation, Still
from studio.dream_machine import calling_back
from studio.models import ApiRequest
from tests.generations.test_ssrf import HOSTILE, connections, resolver  # noqa: F401  (fixtures)
from tests.studio.dream_machine.conftest import LIGHTHOUSE


def test_every_one_of_them_as_a_frame(script, project, connections):  # noqa: F811
    for url in HOSTILE:
        frames = {"frame0": {"type": "image", "url": url}}
        answer = script.post("/generations", {**LIGHTHOUSE, "keyframes": frames})
        assert answer.status_code in (400, 422), (url, answer.status_code)
        assert answer.json()["detail"], url
        assert connections.inside == [], url
    assert not Generation.objects.exists()
    assert not Still.objects.exists()


def test_every_one_of_them_as_where_to_be_called_back(script, project, connections):  # noqa: F811
    """Refused at once, or called by nobody: a name may lead inside."""
    said = 0
    for url in HOSTILE:
        answer = script.post("/generations", {**LIGHTHOUSE, "callback_url": url})
        if answer.status_code == 201:
            said += 1
            ApiRequest.objects.update(next_at=timezone.now() - timedelta(seconds=1))
            assert calling_back.call_back_due() == 0, url
            ApiRequest.objects.all().delete()
        else:
            assert answer.status_code == 422, (url, answer.status_code)
        assert connections.inside == [], url
    assert 0 < said < len(HOSTILE)
