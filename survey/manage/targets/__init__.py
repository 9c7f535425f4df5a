"""What a programme is meant to achieve: intended results, their targets, and figures reported by hand."""
