"""The office: its settings and its roster."""
