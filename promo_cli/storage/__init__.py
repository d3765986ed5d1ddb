"""Object storage behind one interface: a folder or S3. Knows no promotion."""
