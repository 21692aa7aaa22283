"""The Python interface: what ``import udsat_geo as ug`` gives, for notebooks and programs."""
