"""Registers: residents, dwellings and addresses, found, read, checked and added up by place (DuckDB).

`read.read_registers` is the door; it hands over integer arrays and never a row of a person.
"""
