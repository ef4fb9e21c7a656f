"""What goes back to agencies: their own files with marks, and draft mails.

A package is edited part by part (``styles``, ``fills``, ``comments``, ``sheets``, all over ``files/opc.py``), because whatever loads a
workbook and saves it again loses some of it.
"""
