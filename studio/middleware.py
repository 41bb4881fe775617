"""Hides HTMX from views."""
