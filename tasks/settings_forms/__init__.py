"""The forms of one duty's settings in a draft: each reads a row and gives a changed one back."""
