"""Waiting for a condition, with a deadline, instead of sleeping for a while."""

import time


def wait_until(condition, what, seconds=20.0, every=0.02):
    """Returns the first true value of `condition`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(every)
