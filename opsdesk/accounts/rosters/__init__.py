"""People and organizations as a workbook: written out, read in, compared with what is stored, and applied."""
