"""Charts: one kind a file, data in, a plotly figure as plain dictionaries out."""
