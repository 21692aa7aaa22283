"""Questions about a designation: why it changed."""
