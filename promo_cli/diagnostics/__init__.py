"""The one diagnostic record and its renderers."""
