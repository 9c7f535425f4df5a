"""What a programme says in advance: in which domains it wants to see change, and whom it chose."""
