"""The explorer: a local page on which settings are moved, and the map answers."""

FIRST_PORT = 8520
"""Where the page is served unless told otherwise; own choice."""
