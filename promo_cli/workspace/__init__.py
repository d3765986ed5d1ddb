"""Finds promo.yaml, reads YAML with positions, builds the models."""
