"""Questions about a designation: why it changed; and about areas: which rule draws them."""
