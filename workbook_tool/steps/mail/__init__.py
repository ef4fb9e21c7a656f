"""Mails: what is fetched, and how a draft becomes a letter."""
