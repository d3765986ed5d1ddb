"""cart + bundle -> receipt. Standard library only, no I/O, no clock."""
