"""Time in frames."""

import pytest

from studio.timecode import frames_in, timecode


@pytest.mark.parametrize(
    ("frame", "fps", "said"),
    [
        (0, 24, "00:00:00:00"),
        (23, 24, "00:00:00:23"),
        (24, 24, "00:00:01:00"),
        (24 * 60 * 61 + 5, 24, "01:01:00:05"),
        (24, 23.976, "00:00:01:00"),
        (30, 29.97, "00:00:01:00"),
        (7, 0.0, "00:00:07:00"),
    ],
)
def test_a_frame_is_written_as_hours_minutes_seconds_and_frames(frame, fps, said):
    assert timecode(frame, fps) == said


def test_a_clip_has_whole_frames_and_one_at_least():
    assert frames_in(5.0, 24) == 120
    assert frames_in(5.0416, 24) == 121
    assert frames_in(10.01, 23.976) == 240
    assert frames_in(None, 24) == 1
