"""The daily loop in one call each: load, validate, test, compile, publish; and the demo."""
