"""Pages of the dashboard: from a release to what a template or a chart needs. A page sees nothing else."""
