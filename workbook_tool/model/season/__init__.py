"""What the weeks know: runs, versions, problems, decisions, last year."""
