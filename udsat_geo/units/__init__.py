"""The places judged: units, the grid, the edges between them, barriers and named places."""
