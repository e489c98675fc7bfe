"""Hostile requests, each sent to a real server."""
