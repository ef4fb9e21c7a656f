"""An office folder: its configuration, roster, launchers and log."""
