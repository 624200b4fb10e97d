/**
 * A door that knocks on itself.
 *
 * @module
 */

/** How long a knock may go unanswered, ms. */
const answerWithinMs = 2_000;

/** Failed knocks in a row before something is done. */
const failuresMax = 3;

/** What a probe watches and what it may do. */
export interface ProbeOptions {
  readonly everyMs: number;
  readonly address: { readonly hostname: string; readonly port: number };
  /** True when the door turns callers away because it is full: then silence proves nothing. */
  isFull(): boolean;
  /** Listens anew; called after three failures in a row. */
  restart(): Promise<void>;
  /** Called once, when three more knocks failed after a restart. */
  giveUp(because: string): void;
}

/** A running probe. */
export interface Probe {
  /** Ends it, and waits for a knock under way. */
  stop(): Promise<void>;
}

/** Knocks every `everyMs`. Three failures: listen anew; three more: give up. */
export function probeEvery(options: ProbeOptions): Probe {
  let failures = 0;
  let restarted = false;
  let knocking: Promise<void> | null = null;
  const step = async () => {
    const because = options.isFull() ? null : await knock(options.address);
    if (because === null) {
      failures = 0;
      restarted = false;
      return;
    }
    if (++failures < failuresMax) return;
    if (restarted) {
      clearInterval(timer);
      return options.giveUp(`the door is deaf: ${because}`);
    }
    failures = 0;
    restarted = true;
    await options.restart().catch(() => {}); // A door that can't listen fails the next knocks.
  };
  const timer = setInterval(() => {
    knocking ??= step().finally(() => knocking = null);
  }, options.everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await knocking;
    },
  };
}

/** Asks for /livez over a connection of its own; null, or why there was no good answer. */
async function knock(address: ProbeOptions["address"]): Promise<string | null> {
  const late = Promise.withResolvers<string>();
  const limit = setTimeout(
    () => late.resolve(`no answer within ${answerWithinMs} ms`),
    answerWithinMs,
  );
  const connection = await Deno.connect(address).catch(String);
  if (typeof connection === "string") {
    clearTimeout(limit);
    return connection;
  }
  try {
    return await Promise.race([ask(connection), late.promise]);
  } finally {
    clearTimeout(limit);
    connection.close();
  }
}

async function ask(connection: Deno.TcpConn): Promise<string | null> {
  try {
    await connection.write(new TextEncoder().encode(
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ));
    const answer = new Uint8Array(16);
    const bytes = await connection.read(answer) ?? 0;
    const status = new TextDecoder().decode(answer.subarray(0, bytes));
    return status.startsWith("HTTP/1.1 200") ? null : `it answered ${JSON.stringify(status)}`;
  } catch (error) {
    return String(error);
  }
}
