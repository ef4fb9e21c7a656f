"""The mail servers: messages fetched into the inbox, drafts sent, and what is remembered of both."""
