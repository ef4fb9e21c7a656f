"""From week to week: which version counts, what was decided, what changed, the totals."""
