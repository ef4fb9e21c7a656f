"""What is written for people and programs: workbooks and their machine-readable side."""
