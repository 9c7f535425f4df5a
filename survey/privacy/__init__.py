"""Sealed fields and their keys, access codes: what keeps a person's words and identity apart from the rest."""
