"""From sums to scores: context, rates, gaps, one scale, the composite, limits."""
