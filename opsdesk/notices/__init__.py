"""The outbox: who is told what, in the bell and by mail."""
