"""What broke: incidents, their levels and deadlines."""
