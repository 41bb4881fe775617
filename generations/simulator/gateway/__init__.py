"""A gateway that resells Luma's models and OpenAI's images, spoken by the simulator.

The section numbers in here are those of the crazyrouter sheet. Where it says that something is
unconfirmed, the module that decides it says what was chosen.
"""
