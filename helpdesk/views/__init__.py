"""The pages of the help desk."""
