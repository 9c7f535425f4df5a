"""Recordings of what participants read: a coordinator adds and removes them, text by text."""
