"""Luma Agents v1, spoken by the simulator beside Dream Machine (luma-agents-v1 sheet).

The section numbers in here are that sheet's. Where it says that something is unconfirmed, the
module that decides it says what was chosen.
"""
