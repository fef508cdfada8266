"""People speak: inquiries and their answers."""
