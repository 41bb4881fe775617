"""A cut as other editors read it, and what they send back: OTIO, FCPXML and CMX 3600 EDL."""
