"""Spreadsheets as people send them: read safely, their headings matched, their people found."""
