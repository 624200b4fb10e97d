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

const { hello, ready, define, start, began, finished, stop } = messages;

/** One exchange, as its arrays. */
const example = [
  ["up", `[${hello.kind},${protocol},4242,1,"5f0c…",${ready.kind}]`],
  ["down", `[${define.kind},1,"square","file:///tasks/square.ts",${start.kind},0,1,1,12,0,""]`],
  ["up", `[${began.kind},1,0.05,${finished.kind},0,0,144,0.04]`],
  ["down", `[${stop.kind}]`],
].map(([direction, array]) => `${direction!.padEnd(4)}  ${array}`).join("\n");

/** The text of `docs/protocol.md`. */
export const protocolPage = `# The worker protocol, version ${protocol}

A runtime (the parent) and its workers speak this over a Unix socket. Standard output and standard
error of a worker are not part of it; they stay free for what the worker prints. This page is
written from the table in \`messages/wire.ts\` by \`UPDATE=1 deno test -A tests/protocol_test.ts\`; a
test fails when the two differ. It is all one needs to write a worker in another language.

## How a worker is started

The parent starts the worker's program with these arguments: the path of the socket, the generation
(a whole number), a nonce (text), where jobs have their folders (\`each:PATH\`: each one of its own in
PATH; \`one:PATH\`: all of them PATH itself; empty: nowhere), and then the words, if any, to put before every command the worker
starts. The worker connects to the socket. It inherits no standard input.

## Frames

A frame is a length of 4 bytes, little-endian, and as many bytes of JSON in UTF-8. The JSON is one
flat array of any number of messages, one after another. A message is its kind (a number) followed
by its fields; how many fields a kind has is fixed, so no brackets are needed between messages:

\`\`\`
${example}
\`\`\`

Frames have no meaning of their own: all that is to be said at one moment may go as one frame or as
many. An empty array is allowed and says nothing.

## Limits

- A frame has at most ${frameBytesMax} bytes (${mebibytes(frameBytesMax)}B). A greater length ends
  the connection as soon as its 4 bytes are read.
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
5. A worker that runs several jobs in one thread lets its loop turn after 1 ms of held thread and says
   what began until then; \`heldMs\` is the time the thread was held. The parent sends more when it has
   heard it.

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

## Payload of finished

With ending 0 it is the job's output: any JSON value. With ending 1 or 3 it says why:
\`{ "category": …, "code": …, "message": … }\`, texts all three. For commands that could be started it is, with any ending,
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
- has no begun job and says nothing for 5 s. After 1 s of silence it is sent \`ping\`; a worker whose
  thread is held by a job need not answer;
- was stopped (SIGSTOP) for 5 s;
- goes on with a job for 5 s (a command: 7 s) after \`cancel\`, if it runs nothing else or does not answer \`ping\`.

A connection that names another generation or an unknown nonce is closed; nobody is condemned for it.
The parent does not condemn for, only counts: \`finished\`, \`returned\`, \`output\` or \`progress\` of a job it does not
have there.

## What ends a worker

It exits when the connection ends, with code 0, and when the parent breaks the rules of the frames
or messages, with another code. It outlives its parent in no case.
`;
