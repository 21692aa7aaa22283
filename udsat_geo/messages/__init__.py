"""What the product says: its few errors, and its words in English and Danish."""
