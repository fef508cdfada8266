"""What happened: append-only events, chained per stream."""
