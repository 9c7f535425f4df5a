"""The words participants read: what is shipped, what an organisation's reviewers decided, and what was asked in."""
