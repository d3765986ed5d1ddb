"""The publisher's side of the object protocol, with I/O."""
