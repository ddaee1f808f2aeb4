"""Rows as they are kept. No behaviour beyond constraints; nothing above services sees them."""
