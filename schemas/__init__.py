"""Words and shapes: enums, permissions, input and output models. Imports nothing of ours."""
