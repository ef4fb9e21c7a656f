"""What arrives: files, mails, sheets, and the submission that is read from them."""
