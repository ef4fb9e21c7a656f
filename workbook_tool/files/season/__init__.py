"""What stays from week to week: the ledger, decisions, the signed result, last year's values, the outbox."""
