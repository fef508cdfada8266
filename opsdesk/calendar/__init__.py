"""Business days, fiscal years, holidays, eras, closed and open days."""
