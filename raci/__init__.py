"""Who does what: editions of the duty matrix and the rights that follow from its marks."""
