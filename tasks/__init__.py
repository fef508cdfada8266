"""When: tasks, their generation, dashboards and close-out."""
