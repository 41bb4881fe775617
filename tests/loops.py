"""Awaiting from a test that isn't async."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Do the work in a loop of its own and return what it gives.

    In a thread of its own: once a browser test has run, Playwright's loop is the thread's until
    the process ends.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
