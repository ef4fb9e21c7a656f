"""Nouns: what a form, a filing, a finding and a workbook are. Frozen, and without any reading or writing."""
