"""What touches the world: settings, the database, files, processes. Nothing here is seen by a user directly."""
