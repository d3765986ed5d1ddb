"""HEAD, release, shard, delta and the till's trust decision. Bytes in, decision out; no I/O."""
