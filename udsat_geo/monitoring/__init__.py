"""Areas against the rest of the city over the years: status, milestone, goals, the printed report."""
