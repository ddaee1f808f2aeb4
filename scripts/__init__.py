"""The command line and the shell entry points; may import everything."""
