"""Reading what people answered and what was written down of them, in bulk: from tables to arrays."""
