"""The version of the product, as results and commands tell it."""

__version__ = "0.1.0"
