"""What is wrong with a submission: its rules, beside last year and other agencies, and which cell it is."""
