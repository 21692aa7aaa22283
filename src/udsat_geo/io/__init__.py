"""Result files: one format a module, and the writer that puts them in place together or not at all."""
