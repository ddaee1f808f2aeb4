"""What `matchmaking bench` measures with. Nothing here is part of the service."""
