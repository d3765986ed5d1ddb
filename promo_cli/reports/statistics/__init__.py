"""Estimates and their intervals. Pure functions on numbers, with scipy; every interval is at 95 %."""
