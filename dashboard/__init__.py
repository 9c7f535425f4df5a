"""What changed: from stored scores to a page a councillor can read."""
