"""The designation of a year: the story on one page, the job around it, and the layers that are written of it."""
