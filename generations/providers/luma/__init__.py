"""Luma Dream Machine v1 (luma-dream-machine-v1 sheet; the section numbers in here are its)."""

from generations.providers.luma.bodies import post_of
from generations.providers.luma.client import Luma
from generations.providers.luma.refusing import blame

__all__ = ["Luma", "blame", "post_of"]
