"""The published status report recomputed: every derived figure of it from its own printed inputs."""
