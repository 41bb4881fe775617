"""Cutting: what a sequence holds, how it is changed, and what becomes of it."""
