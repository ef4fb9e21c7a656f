"""From sheets to a submission: whose it is, its numbers, what was tampered with, what the agency explains."""
