"""What runs again and again, and how often. Only intervals: nothing to keep on disk."""

from typing import Any

_HOUR_S = 3600.0


def every(sweep_s: float) -> dict[str, dict[str, Any]]:
    """Return Celery's schedule, by name of the entry; the engine is swept every `sweep_s`."""
    return dict(
        [
            _entry("generations.tasks.sweep", sweep_s),
            _entry("studio.tasks.follow_storyboards", sweep_s),
            _entry("studio.tasks.follow_finals", sweep_s),
            _entry("studio.tasks.export_due", sweep_s * 2),
            _entry("studio.tasks.bundle_due", sweep_s * 2),
            _entry("studio.tasks.tell_webhooks", sweep_s * 2),
            _entry("studio.tasks.call_scripts_back", sweep_s),
            _entry("studio.tasks.tell_people", sweep_s * 5),
            # A link's maker wakes it; this finds what was approved since, and clears away.
            _entry("studio.tasks.mark_due", 15.0),
            # What came back to a deleted team's line meanwhile.
            _entry("studio.tasks.settle_deleted_teams", 60.0),
            _entry("studio.tasks.empty_deleted_teams", _HOUR_S),
            _entry("studio.tasks.tidy_bundles", _HOUR_S),
            _entry("studio.tasks.tidy_notices", _HOUR_S),
            _entry("studio.tasks.tidy_webhooks", _HOUR_S),
            _entry("studio.tasks.tidy_exports", _HOUR_S),
            _entry("generations.tasks.tidy", _HOUR_S),
        ]
    )


def _entry(task: str, every_s: float) -> tuple[str, dict[str, Any]]:
    # With no worker running, what is to be done again soon must not pile up.
    expires_s = max(every_s, 5.0)
    return task, {"task": task, "schedule": every_s, "options": {"expires": expires_s}}
