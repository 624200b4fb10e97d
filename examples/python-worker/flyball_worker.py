"""A worker of Flyball in Python, of its standard library alone: docs/protocol.md, in lines.

    from flyball_worker import serve, task

    @task
    def double(input, context):
        return 2 * input

    if __name__ == "__main__":
        serve()

One job runs at a time, in the main thread; for more, Flyball starts more workers. Another thread
listens meanwhile, so that a job hears at once that it is to end.
"""

import collections
import json
import os
import socket
import sys
import threading
import time
import traceback

PROTOCOL = 1
# What the parent says, and how many fields each of it has.
START, CANCEL, GIVE_BACK, DESCRIBE, STOP, PING, DEFINE = range(1, 8)
COLLECT, ENVIRONMENT = 9, 10
FIELDS = {START: 6, CANCEL: 2, GIVE_BACK: 1, DESCRIBE: 2, STOP: 0, PING: 1, DEFINE: 3, COLLECT: 1}
FIELDS[ENVIRONMENT] = 1
# What a worker says.
HELLO, READY, BEGAN, RETURNED, OUTPUT, PROGRESS, FINISHED, DESCRIBED = range(20, 28)
PONG, BEGINS, HELD, TOOK = 29, 30, 32, 35
DONE, FAILED, ABORTED = 0, 1, 2

MESSAGE_CHARS_MAX = 1024 * 1024
LOG_CHARS_MAX = 8192
PROGRESS_EVERY_S = 0.05

_tasks = {}


def task(function=None, *, name=None, input=None):
    """Makes a function of (input, context) a task; `input` is the JSON Schema of what it takes."""

    def add(function):
        _tasks[name or function.__name__] = (function, input)
        return function

    return add if function is None else add(function)


class TaskError(Exception):
    """Ends an attempt as failed, with a code; `retry_after_ms`: no other makes sense before."""

    def __init__(self, message, code="task_threw", category="exit", retry_after_ms=None):
        super().__init__(message)
        self.code, self.category, self.retry_after_ms = code, category, retry_after_ms


class Cancelled(Exception):
    """The job is to end: it was cancelled, its time is over, or its worker leaves."""


class Context:
    """What a task is given besides its input."""

    def __init__(self, worker, id, attempt, trace):
        self.attempt = attempt  # 1 for the first
        self.trace = trace  # W3C traceparent, or ""
        self.cancelled = threading.Event()  # set when the job is to end; has wait(seconds)
        self._worker, self._id, self._progress_at = worker, id, 0.0

    def check(self):
        """Raises Cancelled when the job is to end; to be called in loops."""
        if self.cancelled.is_set():
            raise Cancelled()

    def log(self, text):
        """Adds a line to the job's log."""
        self._worker.say(OUTPUT, self._id, 0, str(text)[:LOG_CHARS_MAX])

    def progress(self, value):
        """Tells how far the job is; what comes too often is left out."""
        now = time.monotonic()
        if now - self._progress_at >= PROGRESS_EVERY_S:
            self._progress_at = now
            self._worker.say(PROGRESS, self._id, value)

    def took(self, **units):
        """Tells what it really took of the rates of its keys: took(tokens=812)."""
        self._worker.say(TOOK, self._id, units)


class Worker:
    """The connection, the jobs that wait, and the one that runs."""

    def __init__(self, connection):
        self._connection = connection
        self._operations = {}
        self._waiting = collections.deque()
        self._running = None  # (id, Context)
        self._stopping = False
        self._changed = threading.Condition()  # guards the four above
        self._saying = threading.Lock()

    def say(self, *items):
        """Says messages: their kinds, each with its fields."""
        self._send(encode(items))

    def _send(self, text):
        with self._saying:
            self._connection.sendall(f"[{text}]\n".encode())

    def listen(self):
        """Obeys until the parent hangs up, and then ends the process whatever it does."""
        try:
            for line in self._connection.makefile("rb"):
                self._obey(json.loads(line))
            os._exit(0)
        except (ConnectionError, BrokenPipeError):
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    def _obey(self, batch):
        at = 0
        while at < len(batch):
            kind = batch[at]
            if kind not in FIELDS:
                raise ValueError(f"unknown kind {kind} from the parent")
            end = at + 1 + FIELDS[kind]
            self._hear(kind, batch[at + 1 : end])
            at = end

    def _hear(self, kind, fields):
        if kind == START:
            with self._changed:
                self._waiting.append(fields)
                self._changed.notify()
        elif kind == DEFINE:
            self._operations[fields[0]] = fields[1]
        elif kind == CANCEL:
            self._cancel(fields[0])
        elif kind == GIVE_BACK:
            self._give_back(fields[0])
        elif kind == PING:
            self.say(PONG, fields[0])
        elif kind == DESCRIBE:
            tasks = {name: {"inputSchema": schema} for name, (_, schema) in _tasks.items()}
            self.say(DESCRIBED, fields[0], {"ok": True, "tasks": tasks})
        elif kind == STOP:
            with self._changed:
                self._stopping = True
                self._give_back(len(self._waiting))
                self._changed.notify()

    def _cancel(self, id):
        with self._changed:
            if self._running is not None and self._running[0] == id:
                return self._running[1].cancelled.set()
            for job in self._waiting:
                if job[0] == id:
                    self._waiting.remove(job)
                    return self.say(RETURNED, [id])

    def _give_back(self, count):
        with self._changed:
            back = [self._waiting.pop()[0] for _ in range(min(count, len(self._waiting)))]
            self.say(RETURNED, back[::-1])

    def run(self):
        """Runs one job after another until it is told to stop."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if not self._waiting:
                    return
                id, attempt, operation, input, _timeout_ms, trace = self._waiting.popleft()
                context = Context(self, id, attempt, trace)
                self._running = (id, context)
                # Said here, so that what is returned meanwhile is said before or after it.
                self.say(BEGINS, 1)
            began, held = time.perf_counter(), time.thread_time()
            ending, payload = attempt_of(self._operations.get(operation), input, context)
            run_ms = round((time.perf_counter() - began) * 1000, 3)
            held_ms = round((time.thread_time() - held) * 1000, 3)
            with self._changed:
                self._running = None
            told = encode((BEGAN, 1, run_ms, HELD, id, held_ms, FINISHED, id, ending))
            self._send(f"{told},{payload},{run_ms}")


def attempt_of(name, input, context):
    """Runs a task; how it ended, and its output or the reason as JSON."""
    try:
        function, _ = _tasks[name]
        output = function(input, context)
        if context.cancelled.is_set():
            return ABORTED, "null"
    except Cancelled:
        return ABORTED, "null"
    except TaskError as error:
        return failed(error.category, error.code, str(error), error.retry_after_ms)
    except BaseException as error:
        return failed("exit", "task_threw", f"{type(error).__name__}: {error}")
    try:
        payload = encode((output,))
    except (TypeError, ValueError, RecursionError) as error:
        return failed("validation", "output_not_json", f"The output is not JSON: {error}")
    if len(payload) > MESSAGE_CHARS_MAX:
        return failed("validation", "output_too_large", "Write a large output to a file")
    return DONE, payload


def failed(category, code, message, retry_after_ms=None):
    reason = {"category": category, "code": code, "message": message[:4096]}
    if retry_after_ms is not None:
        reason["retryAfterMs"] = retry_after_ms
    return FAILED, encode((reason,))


def encode(items):
    return ",".join(json.dumps(item, allow_nan=False) for item in items)


def serve():
    """Runs the tasks of this program until its parent has no more for it."""
    if len(sys.argv) < 4:
        sys.exit("To be started by Flyball, as a program of its configuration")
    path, generation, nonce = sys.argv[-3:]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    worker = Worker(connection)
    worker.say(HELLO, PROTOCOL, os.getpid(), int(generation), nonce, READY)
    threading.Thread(target=worker.listen, daemon=True).start()
    worker.run()
