"""Forms: the shape of what people type. The rules are the actions'."""
