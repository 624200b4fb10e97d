/**
 * A door that knocks on itself.
 *
 * @module
 */

/** How long a knock may go unanswered, ms. */
const answerWithinMs = 1_000;

/** Failed knocks in a row before something is done. */
const failuresMax = 3;

/** Time to the first knock, and between two at a door that has not answered, ms. */
const againMs = 1_000;

/** How long a door may stay deaf that listens anew again and again, ms. */
const deafMostMs = 30_000;

/** What a probe watches and what it may do. */
export interface ProbeOptions {
  /** Time between two knocks while it answers, ms. */
  readonly everyMs: number;
  readonly address: { readonly hostname: string; readonly port: number };
  /** How long the door may stay deaf, ms. Default 30,000: what it lacks may come back. */
  readonly deafMostMs?: number | undefined;
  /** True when the door turns callers away because it is full: then silence proves nothing. */
  isFull(): boolean;
  /** Listens anew; called after every three failures in a row. */
  restart(): Promise<void>;
  /** Called once, when it stayed deaf although it listened anew. */
  giveUp(because: string): void;
}

/** A running probe. */
export interface Probe {
  /** Ends it, and waits for a knock under way. */
  stop(): Promise<void>;
}

/**
 * Knocks every `everyMs`, and at least each second while nobody answers. Three failures: listen anew;
 * deaf for too long: give up. The first knock comes within a second: by it the door gets ready what its
 * first caller would have to wait for.
 */
export function probeEvery(options: ProbeOptions): Probe {
  const mostMs = options.deafMostMs ?? deafMostMs;
  let isFirst = true;
  let failures = 0;
  let deafSinceMs: number | null = null;
  let isOver = false;
  let knocking: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout>;
  const step = async () => {
    const nowMs = performance.now();
    const because = options.isFull() ? null : await knock(options.address);
    if (because === null) {
      failures = 0;
      deafSinceMs = null;
      return;
    }
    deafSinceMs ??= nowMs;
    if (++failures % failuresMax > 0) return;
    if (failures > failuresMax && performance.now() - deafSinceMs >= mostMs) {
      isOver = true;
      return options.giveUp(`the door is deaf: ${because}`);
    }
    await options.restart().catch(() => {}); // A door that can't listen fails the next knocks.
  };
  const wait = () => {
    if (isOver) return;
    const isSoon = isFirst || failures > 0;
    isFirst = false;
    const waitMs = isSoon ? Math.min(options.everyMs, againMs) : options.everyMs;
    timer = setTimeout(() => knocking = step().finally(wait), waitMs);
  };
  wait();
  return {
    async stop() {
      isOver = true;
      clearTimeout(timer);
      await knocking;
    },
  };
}

const unanswered = `no answer within ${answerWithinMs} ms`;

/** Asks for /livez over a connection of its own; null, or why there was no good answer. */
async function knock(address: ProbeOptions["address"]): Promise<string | null> {
  const late = Promise.withResolvers<string>();
  const given = new AbortController();
  const limit = setTimeout(() => (given.abort(), late.resolve(unanswered)), answerWithinMs);
  // Where nobody is heard, the kernel takes two minutes to say that a connection can't be had.
  const { signal } = given;
  const connection = await Deno.connect({ ...address, signal }).catch(String);
  if (typeof connection === "string") {
    clearTimeout(limit);
    return signal.aborted ? unanswered : connection;
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
