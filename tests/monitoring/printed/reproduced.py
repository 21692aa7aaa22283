"""The status report of 2021 recomputed, once for all tests of it."""

from udsat_geo.monitoring.printed.explained import reproduce

MADE = reproduce(2021)
