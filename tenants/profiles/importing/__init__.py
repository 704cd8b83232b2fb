"""Customers from a file: read it, try it out, take it in, take it back.

`opening` reads any table that a spreadsheet writes, `fields` says what a column can be and cleans
its cells, `matching` finds who is known already, `applying` and `undoing` write in sets.
"""
