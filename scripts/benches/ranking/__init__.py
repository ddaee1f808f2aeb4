"""The ranking bench: synthetic catalogues of growing size, our screen, and peers that do the same work."""
