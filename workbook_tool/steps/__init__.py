"""Verbs: pure functions from nouns to nouns, one a file. No step imports another and none opens a file."""
