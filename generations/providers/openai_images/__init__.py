"""Pictures from any server that speaks OpenAI's images API (openai-images sheet).

The section numbers in here are that sheet's; those of a gateway are crazyrouter's.
"""

from generations.providers.openai_images.bodies import post_of
from generations.providers.openai_images.client import OpenAIImages

__all__ = ["OpenAIImages", "post_of"]
