"""Promotions against each other: what each reaches as sets, what overlaps, and the cart that shows it."""
