"""Declarations (``templates/<form>.toml``), read and refused where they are wrong."""
