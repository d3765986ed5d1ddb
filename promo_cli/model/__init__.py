"""Pydantic models of everything people and tills write."""
