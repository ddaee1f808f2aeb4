"""What services ask the background for: a task by its name, in the transaction of what makes it necessary.

Tasks live above services, in `matchmaking/jobs`, where one test finds a task for every name.
"""

from enum import StrEnum

from sqlalchemy import text

from matchmaking.db.session import WriteSession

# The owner's function is all that the app role has of the jobs. A task that waits already need not wait
# twice, as each does all there is to do; who commits just after it was taken is served within a minute.
ENQUEUE_FUNCTION = """
CREATE FUNCTION procrastinate.enqueue(task text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = procrastinate, pg_temp AS $$
    INSERT INTO procrastinate_jobs (queue_name, task_name)
    SELECT 'default', task
    WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = task AND status = 'todo')
$$
"""
ENQUEUE = text("SELECT procrastinate.enqueue(:task)")


class TaskName(StrEnum):
    ENCODE_TEXTS = "encode_texts"
    FOLLOW_WINDOWS = "follow_windows"
    RESCUE_STALLED = "rescue_stalled"
    TIDY = "tidy"


async def enqueue(session: WriteSession, task: TaskName) -> None:
    """The task is there once the transaction has committed, and not before."""
    await session.execute(ENQUEUE, {"task": task.value})
