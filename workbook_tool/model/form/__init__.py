"""What a form is: its tables, its rules, and where they stand on paper."""
