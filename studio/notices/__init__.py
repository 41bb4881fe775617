"""Notices: who is told of what happens, on their page and by mail."""
