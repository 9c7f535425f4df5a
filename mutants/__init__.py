"""Mutation testing of the guards: one small change at a time, and tests that ought to notice.

`make mutants`. Why a runner of our own: docs/decisions/0013-mutants-in-a-warm-process.md.
"""
