"""The commands `designate` and `udsat`: the only room that prints."""
