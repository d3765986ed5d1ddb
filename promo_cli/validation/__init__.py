"""Rules over a loaded workspace, one file per code family, and the promotions' own tests."""
