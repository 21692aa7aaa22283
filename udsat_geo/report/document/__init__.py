"""The status report as a document: its sections, filled from registers, and the writers that set them."""
