"""Registers: residents, dwellings and addresses, read, checked, joined and placed in units (DuckDB).

`read_registers` is the door; it hands over integer arrays and never a row of a person.
"""
