"""What is done in the background: tasks by name, when they come round, and the worker that does them.

A task calls one service; what is right and wrong is decided there. Ids at most stand in its arguments.
"""
