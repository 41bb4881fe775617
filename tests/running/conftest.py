"""A stage to run commands on."""

from tests.running.stages import fresh_stage, stage  # noqa: F401, fixtures
