"""Any file, folder, service or database as features or rows, with its reference system."""
