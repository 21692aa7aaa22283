"""The synthetic Copenhagen: registers of people who do not exist, made to match published figures."""
