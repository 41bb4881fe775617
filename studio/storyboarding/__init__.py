"""Storyboards at work: what is to be made, what it costs, and having it made shot by shot."""
