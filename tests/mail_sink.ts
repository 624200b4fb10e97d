/**
 * A mail server on a free port that takes every message and forgets none.
 *
 * @module
 */

/** A message as it was sent. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header lines and text. */
  readonly text: string;
}

/** A running server. */
export interface MailSink extends AsyncDisposable {
  readonly port: number;
  readonly mails: Mail[];
  /** What clients said to log in. */
  readonly logins: string[];
  /** The next recipient is answered by this line. */
  refuseNext: string | null;
}

/** Starts it. It speaks as much of SMTP (RFC 5321) as a client of it needs. */
export function mailSink(): MailSink {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const sink = {
    port: listener.addr.port,
    mails: [] as Mail[],
    logins: [] as string[],
    refuseNext: null as string | null,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await serving;
    },
  };
  const talks: Promise<void>[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      talks.push(talk(connection, sink).catch(() => {}).finally(() => open.delete(connection)));
    }
  })().catch(() => {}).then(() => Promise.all(talks)).then(() => {});
  return sink;
}

async function talk(connection: Deno.Conn, sink: MailSink): Promise<void> {
  const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
  let mail: { from: string; to: string[]; text: string } | null = null;
  let isText = false;
  await say("220 sink ESMTP");
  for await (const line of linesOf(connection)) {
    if (isText) {
      if (line !== ".") mail!.text += `${line}\n`;
      else {
        isText = false;
        sink.mails.push(mail!);
        await say("250 taken");
      }
      continue;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") {
      await say("250-sink");
      await say("250 AUTH PLAIN");
    } else if (verb === "AUTH") {
      sink.logins.push(atob(line.split(" ")[2]!));
      await say("235 known");
    } else if (verb === "MAIL") {
      mail = { from: line, to: [], text: "" };
      await say("250 ok");
    } else if (verb === "RCPT") {
      const refusal = sink.refuseNext;
      sink.refuseNext = null;
      if (refusal === null) mail!.to.push(/<(.*)>/.exec(line)![1]!);
      await say(refusal ?? "250 ok");
    } else if (verb === "DATA") {
      isText = true;
      await say("354 go on");
    } else if (verb === "STAR") {
      await say("502 no encryption here");
    } else if (verb === "QUIT") {
      await say("221 bye");
      return connection.close();
    } else await say("250 ok");
  }
}

async function* linesOf(connection: Deno.Conn): AsyncGenerator<string> {
  let rest = "";
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
