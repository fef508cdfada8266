"""The roof of the house: settings, addresses, navigation and the processes; nobody below imports it."""

__version__ = "1.0.0.dev0"
