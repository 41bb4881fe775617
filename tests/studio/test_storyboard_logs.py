"""What a run does can be read in the logs, by its id and the shot's."""

from generations.models import State
from studio.models import Run, Shot
from tests.studio.test_storyboard import planned
from tests.studio.test_storyboard_runs import finish, press


def test_a_run_is_followed_in_the_logs_by_its_id(client, project, caplog):
    caplog.set_level("INFO", "studio")
    planned(project, "Lift-off", "Clouds", "Orbit")
    press(client, project)
    finish(project)
    finish(project, State.FAILED)
    run = Run.objects.get()
    names = [f"run={run.uuid} shot={it.uuid}" for it in Shot.objects.order_by("position")]
    assert [line for line in caplog.messages if line.startswith("run=")] == [
        f"{names[0]} stage=ordered",
        f"{names[1]} stage=waiting",
        f"{names[2]} stage=waiting",
        f"{names[0]} stage=done",
        f"{names[1]} stage=ordered",
        f"{names[1]} stage=stopped",
        f"{names[2]} stage=stopped",
    ]
