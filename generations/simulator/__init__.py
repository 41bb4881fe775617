"""Luma's Dream Machine API, spoken on this machine: the same HTTP, real MP4s, no key, no bill.

The contract is the luma-dream-machine-v1 sheet; where it says that something is unconfirmed, the
module that decides it says what was chosen. Nothing here imports Django or touches a database.

From the outside in: `server` (sockets) → `routes` → `endpoints` → `validation` → `engine` (what
happens to a generation) → `store` and `journal` (what is remembered). `faults` makes it misbehave.
"""
