"""Faults: a proxy that makes them, a history of what happened meanwhile, and what must be true of it."""
