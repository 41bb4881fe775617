import pytest

from studio.models import (
    Role,
)
from tests.factories import member


@pytest.fixture
def reviewer(project):
    return member(project, Role.REVIEWER)


@pytest.fixture
def judge(reviewer, sign_in):
    return sign_in(reviewer)


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))
