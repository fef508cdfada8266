"""Leaf helpers without models: refusals, lists, workbooks, era dates."""
