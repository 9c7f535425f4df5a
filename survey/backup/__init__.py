"""Everything that is kept, in one sealed file, and back. See docs/decisions/0010-keys-and-backups.md."""
