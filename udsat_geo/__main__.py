"""``python -m udsat_geo COMMAND``: the command `udsat`, where console scripts are not on the path."""

from udsat_geo.cli.process import udsat

udsat()
