"""Luma's models at the Crazyrouter gateway, by its own contract (crazyrouter sheet).

The section numbers in here are that sheet's. Its pictures are the images API's.
"""

from generations.providers.crazyrouter.bodies import post_of
from generations.providers.crazyrouter.client import Crazyrouter

__all__ = ["Crazyrouter", "post_of"]
