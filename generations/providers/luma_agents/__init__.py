"""Luma Agents v1 (luma-agents-v1 sheet; the section numbers in here are its)."""

from generations.providers.luma_agents.bodies import post_of
from generations.providers.luma_agents.client import LumaAgents

__all__ = ["LumaAgents", "post_of"]
