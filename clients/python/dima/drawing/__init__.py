"""Pictures of the project's robots, drawn here: a server sends states, never pictures."""
