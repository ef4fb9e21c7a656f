"""What this program is: another one may read otherwise."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbook_tool import __version__

READERS = ("python-calamine", "openpyxl", "lxml", "xlrd", "olefile", "msoffcrypto-tool", "pdfplumber")
PROGRAM = Path(__file__).parents[2]


@lru_cache
def program() -> str:
    """A digest of this program and of the libraries that read for it."""
    told = hashlib.sha256(__version__.encode())
    for path in sorted(PROGRAM.rglob("*.py")):
        told.update(path.read_bytes())
    for name in READERS:
        try:
            told.update(version(name).encode())
        except PackageNotFoundError:  # bundled without its metadata
            continue
    return told.hexdigest()
