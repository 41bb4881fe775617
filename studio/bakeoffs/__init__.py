"""Bake-offs: offered and ordered, judged blind, and what came of them."""
