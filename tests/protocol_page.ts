/**
 * The page about the wire, written from its table.
 *
 * @module
 */
import { frameBytesMax, messageCharsMax, messages, protocol } from "../messages/wire.ts";

const mebibytes = (count: number) => `${count / 2 ** 20} Mi`;

/** A table of all messages of one direction. */
function table(direction: "down" | "up"): string {
  const rows = Object.entries(messages)
    .filter(([, shape]) => shape.direction === direction)
    .map(([name, { kind, fields, help }]) => {
      const shown = Object.entries(fields).map(([field, type]) => `\`${field}\` ${type}`);
      return `| ${kind} | \`${name}\` | ${shown.join(", ") || "none"} | ${help} |`;
    });
  return ["| kind | name | fields | meaning |", "| ---: | --- | --- | --- |", ...rows].join("\n");
}

/** A short exchange in lines, as it is played with the sample's worker. */
export const session: readonly (readonly ["up" | "down", string])[] = [
  ["up", `[20,${protocol},4242,1,"5f0c",21]`],
  ["down", `[4,0,""]`],
  [
    "up",
    `[27,0,{"ok":true,"tasks":{"double":{"inputSchema":{"type":"number"}},"wait":{"inputSchema":null}}}]`,
  ],
  ["down", `[7,1,"double","double",1,0,1,1,21,0,""]`],
  ["up", `[30,1]`],
  ["up", `[22,1,0.05,32,0,0.04,26,0,0,42,0.05]`],
  ["down", `[6,1]`],
  ["up", `[29,1]`],
  ["down", `[7,2,"wait","wait",1,0,1,2,null,0,"",1,1,1,1,4,0,""]`],
  ["up", `[30,1]`],
  ["down", `[3,1]`],
  ["up", `[23,[1]]`],
  ["down", `[2,0,"Cancelled"]`],
  ["up", `[22,1,812.4,32,0,0.2,26,0,2,null,812.4]`],
  ["down", `[5]`],
  ["up", `[23,[]]`],
];

const example = session.map(([direction, line]) => `${direction.padEnd(4)}  ${line}`).join("\n");

/** The text of `docs/protocol.md`. */
export const protocolPage = `# The worker protocol, version ${protocol}

A runtime (the parent) and its workers speak this over a Unix socket. Standard output and standard
error of a worker are not part of it; they stay free for what the worker prints. This page is
written from the table in \`messages/wire.ts\` by \`UPDATE=1 deno test -A tests/protocol_test.ts\`; a
test fails when the two differ. It is all one needs to write a worker in another language.

## A worker program of yours

The configuration names it, and asks nothing more: which tasks it has, it tells itself.

\`\`\`yaml
programs:
  python:
    command: ["python3", "examples/python-worker/worker.py"]
    env: { PYTHONUNBUFFERED: "1" }
\`\`\`

At the start the parent runs each program once and asks it to \`describe\` its tasks. Jobs name them as
they name any task, and their inputs are checked at the door where there is a schema. From then on
its workers are started, scaled, watched, replaced and contained as all others are: in a process
group with a mark, in a namespace and a control group where the machine has them, and never longer
than the parent lives. They have no sandbox: whoever writes the configuration trusts the program.
What it prints goes to the standard error of the service.

\`examples/python-worker\` is one in Python, of its standard library alone: \`flyball_worker.py\` speaks
the protocol, \`worker.py\` has two tasks.

A program that can't be used keeps the service from starting (\`bad_program\`): it can't be started,
has ended (the last line of its standard error is told), says no hello within 10 s, speaks another
version, or has no tasks, one with a bad name, or one that there is already.

## How a worker is started

The last three arguments of a worker program are the path of the socket, the generation (a whole
number) and a nonce (text). The worker connects to the socket. It inherits no standard input, and of
the environment \`PATH\`, \`HOME\`, \`TMPDIR\`, \`LANG\`, \`TZ\`, Deno's own variables and what its \`env\` says; \`NO_COLOR\`
and \`FLYBALL_MARK\` are set. A script of the shell that starts it must do so with \`exec\`.

Our own worker is given two more arguments: where jobs have their folders (\`each:PATH\`: each one of
its own in PATH; \`one:PATH\`: all of them PATH itself; empty: nowhere), and then the words, if any, to put
before every command the worker starts.

## Messages

A message is its kind (a number) followed by its fields; how many fields a kind has is fixed. Any
number of them, one after another, make one flat JSON array: no brackets are needed between them.
Arrays have no meaning of their own: all that is to be said at one moment may go as one or as many.
An empty array is allowed and says nothing.

How an array becomes bytes is up to the worker. Its first bytes tell which way it has chosen, and the
parent answers in the same:

- **lines**: the array as JSON in UTF-8 without a line break in it, and a newline. This is the
  simplest thing to write.
- **frames**: a length of 4 bytes, little-endian, and as many bytes of JSON in UTF-8. This is what
  our own worker does: the length tells what is too long before it has come.

Nothing has to be said of it: a line begins with \`[20,\`, which would be too great a length for a frame.

## The first words

The worker says \`hello\` with the version of this protocol, its pid, and the generation and nonce that
it was given; then, when it can take jobs, \`ready\`. Where the versions differ the parent ends the
worker and tells both numbers; nothing is negotiated, as a program goes with the runtime that starts
it. The parent says \`describe\` with an empty \`source\` to learn which tasks a program has, and ends it
after the answer. To a worker that is to run jobs it says \`define\` and \`start\`.

The answer to \`describe\` is \`{ "ok": true, "tasks": { NAME: { "inputSchema": … } } }\`, with a JSON Schema
or null for each, or \`{ "ok": false, "message": … }\`. Our own worker is asked with the address of a
module and answers \`{ "ok": true, "permissions", "cache", "inputSchema", "outputSchema" }\`.

A program that runs tasks has to obey \`define\`, \`start\`, \`cancel\`, \`giveBack\`, \`describe\`, \`stop\` and
\`ping\`; it may ignore \`collect\`, and is sent no \`environment\`. It has to say \`hello\`, \`ready\`, \`described\`,
\`began\`, \`finished\`, \`returned\` and \`pong\`; all else it may say.

## A session

Of a program whose tasks are \`double\` and \`wait\`, in lines. It describes them; in its life it would
be started anew after that. It doubles 21, shows that it is there, and is sent two jobs, of which it
begins one and gives the other back. The first is cancelled, and it is told to stop:

\`\`\`
${example}
\`\`\`

## Limits

- A frame or a line has at most ${frameBytesMax} bytes (${
  mebibytes(frameBytesMax)
}B). A greater length ends
  the connection as soon as its 4 bytes are read, a longer line as soon as it is.
- A message should have at most ${messageCharsMax} characters of JSON (${
  mebibytes(messageCharsMax)
}). The parent sends no larger input; a worker ends
  a job with a larger output as failed. Larger things go by the path of a file.
- \`progress\`: at most 20 a second and job are passed on; say no more.

## Types of fields

| type | JSON |
| --- | --- |
| count | a whole number, 0 to 2^53 - 1 |
| number | a number >= 0 |
| text | a string |
| ids | an array of counts |
| any | any JSON value |

## Down: from the parent to the worker

${table("down")}

## Up: from the worker to the parent

${table("up")}

Numbers of jobs (\`id\`) are small and used again: a number is free again when the job is returned
or finished. They say nothing about the job outside this connection. Numbers of operations stand
until the connection ends.

## What is promised about order

The worker:

1. \`hello\` is the first message of a connection, with the generation and the nonce from the
   arguments; \`ready\` comes once, before any other. The parent sends no job before \`ready\`.
2. Jobs begin in the order in which \`start\` came. \`began\` carries no numbers: it speaks of the next
   \`count\` jobs in that order, without those that were returned.
3. A job's \`began\` comes before anything else about it that follows from its run: \`output\`,
   \`progress\`, \`finished\`.
4. Each job that was sent is answered exactly once: by \`returned\` or by \`finished\`. A job that began
   is never returned. Nothing is said of a job after its \`finished\`.
5. A worker that runs several jobs in one thread lets its loop turn after 2 ms of held thread and says
   what began until then; \`heldMs\` is the time the thread was held. The parent sends more when it has
   heard it. Of a short command it may say so with its end, some milliseconds later, but not later than
   the next \`start\` comes.
6. A worker that can say so while a job runs says \`begins\` when it begins one, and \`began\`, which counts
   it again, when its thread is free for the next. Without \`begins\` the parent takes the first job sent
   for begun after 1 s of silence.

The parent:

1. \`define\` of an operation comes before the first \`start\` of it. An empty \`source\` stands for
   commands. What was said last of \`environment\` holds for the commands that come after it.
2. \`cancel\` of a job that has not begun is answered by \`returned\`; of a begun one by its own
   \`finished\`, with ending 2 if the job heeded it. A \`cancel\` of a job that has ended is ignored.
3. \`giveBack\` is answered by one \`returned\`, which may be empty and may hold fewer than asked for: a
   job that began meanwhile is not given back.
4. \`stop\` is answered by \`returned\` for what has not begun. Then the worker lets what runs come to its
   end and exits with code 0.
5. \`timeoutMs\` is for the worker's information. The parent keeps the time itself, and sends \`cancel\`.

## Credit

The parent sends a worker more than it runs, so that it never waits for the next job, and no more
than it can begin within 5 ms, so that no job waits where it could run elsewhere. Credit counts jobs
that were sent and not begun. It is 1 at first; each \`began\` doubles it, up to 5 ms divided by what the
latest jobs held the thread for (\`heldMs / count\`), at least 2 where that is below 30 ms, else 1, and
never above 512. Jobs begun and not ended count against the \`slots.max\` of the pool instead. So a
worker that runs one job at a time says \`began\` with its whole time when it has ended; one that waits
for others in between says it at once, with what the thread was held for, and is sent more. Where
credit falls, the parent asks for what is too much with \`giveBack\`.

## Signs of life

A worker that was not heard for 1 s is sent \`ping\`. One that has begun no job has to answer within 5 s;
one whose thread is held by a job need not, but is better off: a job of it that does not heed a
\`cancel\` is then ended without its neighbours.

## Payload of finished

With ending 0 it is the job's output: any JSON value. With ending 1 it says why:
\`{ "category": …, "code": …, "message": … }\`, texts all three, and \`retryAfterMs\` where another
attempt makes no sense before. Categories are those of [retries](retries.md); a task that has thrown is
\`exit\`, \`task_threw\`. For commands that could be started it is, with any ending,
\`{ "exitCode", "signal", "stdout", "stderr", "droppedBytes" }\`, and \`stdoutBase64\`, \`stderrBase64\` where
the output is not UTF-8, or \`stdoutFile\`, \`stderrFile\` where it was too long. With ending 2 it is not
looked at, but for a command.

## Input of a command's start

\`\`\`
{ "argv": [program, …], "env": { … }, "cwd": path or null, "folder": true or false,
  "stdin": text or null, "spill": path or null, "keepBytes": count, "graceMs": count,
  "words": [program, …] }
\`\`\`

No shell is involved.

- \`folder\`: whether the command has a folder of its own where jobs have theirs. It is made before
  the command and removed after it.
- \`cwd\`: null stands for that folder.
- \`env\` are variables of its own, above those of \`environment\`; none are inherited. The worker adds \`HOME\` and \`TMPDIR\`, the command's
  folder, where it has one and they are not in \`env\`; and always \`FLYBALL_MARK\`: the worker's own
  \`FLYBALL_MARK\`, a slash, and a number that no other command of this worker has, the \`run\` of
  \`left\`.
- \`words\` stand before the program and hold it to its limits; they are absent where it has none.
- Of each stream \`keepBytes\` are kept; more goes to a file in the folder \`spill\`, or, where that
  is null, head and tail of that size are kept.
- After an abort the command has \`graceMs\` before it is killed.

## What condemns a worker

The parent ends a worker, its whole process group, and gives its jobs to others when the worker

- names another version of the protocol (the reason tells both);
- sends a length over the limit, what is not JSON in UTF-8, or what is not an array;
- sends an unknown kind, a kind of the other direction, too few fields, or a field of a wrong type;
- says \`began\` of more jobs than it was sent;
- says \`hello\` a second time, or \`described\` where it was not asked to describe;
- has no begun job and says nothing for 5 s;
- was stopped (SIGSTOP) for 5 s;
- goes on with a job for 5 s (a command: 7 s) after \`cancel\`, if it runs nothing else or does not answer \`ping\`.

A connection that names another generation or an unknown nonce is closed; nobody is condemned for it.
The parent does not condemn for, only counts: \`finished\`, \`returned\`, \`output\` or \`progress\` of a job it does not
have there.

What it is ended for is told as \`protocol_error: …\` where it broke the rules. A job that was alone in
a worker that was condemned or has crashed is tried again elsewhere; after three of those it ends
\`dead\`, code \`poison\`, with the reason in its message. A worker that exits with code 0 in the middle of
a job ends that as \`no_result\`. A program that dies again and again before it is of use is started
less and less often, and the pool's breaker opens ([supervision](supervision.md)).

## What ends a worker

It exits when the connection ends, with code 0, and when the parent breaks the rules of the frames
or messages, with another code. It outlives its parent in no case.
`;
