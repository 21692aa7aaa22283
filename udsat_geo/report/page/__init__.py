"""The report as one page: a map and its tables in a single HTML file that needs no network."""
