"""The synthetic Copenhagen: registers of people who do not exist, made to match published figures."""

DEFAULT_SEED: int = 2017
"""Of the city that there is unless another is asked for."""
