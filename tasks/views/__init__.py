"""What people open: each view is door, object, act, answer."""
