"""An administrator reads the audit log, and takes it along as a file."""
