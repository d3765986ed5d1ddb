"""Figures that matter to users, as ratios to a floor measured in the same run. Run: make bench."""
