"""udsat_geo: designation of disadvantaged urban areas from registers, by a stated policy.

The main entry is `udsat_geo.designation.designate`; the command line is `designate` and `udsat`.
"""

__version__ = "0.1.0"
