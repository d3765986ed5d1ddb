"""From a workspace to canonical JSON bundles; pure functions."""
