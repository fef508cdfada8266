"""The pages of monitoring, and the addresses that machines call."""
