"""What is asked, in which words, and how it is scored.

A pure package: no web framework, no database. Only `psychometrics` needs NumPy, and nothing else in this
package imports it, so a process that only asks questions never loads it.
"""
