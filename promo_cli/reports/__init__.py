"""Questions to the warehouse, one SQL file each, and their renderers."""
