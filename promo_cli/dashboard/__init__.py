"""A static site from the reports' results: opens from disk, fetches nothing, and says what the reports say."""
