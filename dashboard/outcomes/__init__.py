"""Outcomes, pure: numbers in, numbers (and sentences about them) out.

Nothing here knows a database, a web framework or a session; arrays and dictionaries come in, and what
goes out can be written as JSON as it is.
"""
