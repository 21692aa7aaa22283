"""The report as one page: an interactive map and its tables in a single file that needs no network.

`read_all` reads designations back, `payload_of` says all that the page shows as plain data, `make_page` puts it into
one HTML file with BokehJS, the page's own script and style, and the product's figures. Nothing of the libraries is kept
here: BokehJS comes from the installed package.
"""

from udsat_geo.report.page.goals import read_goals
from udsat_geo.report.page.making import make_page, write_page
from udsat_geo.report.page.map_plot import require_bokeh
from udsat_geo.report.page.reading import Read, read_all

__all__ = ["Read", "make_page", "read_all", "read_goals", "require_bokeh", "write_page"]
