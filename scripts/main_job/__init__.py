"""The main job as a person would watch it: one need, from its five answers to a counted record, over HTTP.

Only a client: nothing here reads the database or calls a service in the process. `journey` holds the steps,
`caller` the requests, `narrator` and `tables` what is printed.
"""
