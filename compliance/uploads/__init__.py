"""Spreadsheets in: what each kind of list is asked for, what it would do, and doing it."""
