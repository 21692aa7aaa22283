"""The Python interface: what ``import udsat_geo as ug`` gives, for notebooks and programs.

Everything here is thin: it says in Python's way what the commands say in theirs, and gives tables in the place of
printed ones. Nothing heavy is imported before it is used; pandas, geopandas, matplotlib and folium come with the extra
``notebook``, and only what gives frames or draws needs them.
"""
