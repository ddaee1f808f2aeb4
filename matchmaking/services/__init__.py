"""What can be done, one module per noun. Services neither commit nor know of HTTP."""
