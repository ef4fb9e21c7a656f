"""The inbox and all that lies in it: found, opened in a cage, read by its content."""
