"""Tell: results as a few lines on a terminal, each saying what to do next."""
