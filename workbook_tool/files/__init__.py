"""Edge: the only code that opens anything."""
