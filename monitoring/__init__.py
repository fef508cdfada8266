"""Machines speak: checks, alerts and their judgement."""
