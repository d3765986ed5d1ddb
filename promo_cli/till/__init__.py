"""The reference till: pull, price, upload."""
