"""What changed between two sets of areas: events, ids that last, lineage, comparison."""
