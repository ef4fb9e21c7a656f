"""What a file is by its content, and one module for each format that tells all of a sheet: values, error cells, formulas
without a result, hidden parts."""
