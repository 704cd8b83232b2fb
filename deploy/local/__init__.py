"""Everything that runs on one machine: servers, processes, the demo. Real parts, only small."""
