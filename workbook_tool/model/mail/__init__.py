"""Mails: the mailbox of an office, what lies in it, and the letters that go out."""
