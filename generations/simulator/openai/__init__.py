"""OpenAI's images API, spoken by the simulator beside Luma's (openai-images sheet).

The section numbers in here are that sheet's. A key that begins with "gateway" speaks to a gateway
instead (crazyrouter sheet §2, §7): it knows any model, and answers with addresses.
"""
