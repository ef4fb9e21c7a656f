"""What a run comes to, and the workbook that shows it, as plain data."""
