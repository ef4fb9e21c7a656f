"""A folder of spreadsheets that agencies filled in becomes one workbook that a region can sign."""

__version__ = "0.1.0"
