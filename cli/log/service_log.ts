/**
 * The log of a service: what it does and what becomes of its jobs, a line each: JSON for programs,
 * text for who looks on.
 *
 * @module
 */
import type { LogConfig } from "../../actors/log_config.ts";
import { logLevels } from "../../actors/log_config.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../../messages/facts.ts";
import { type Paint, unpainted } from "../paint.ts";
import { Breath } from "./breath.ts";
import { plainLine } from "./plain_line.ts";
import { type LogRecord, record, recordsOf } from "./records.ts";
import { redactor } from "./redact.ts";
import type { RotatedFile } from "./rotated_file.ts";
import { Sink, type Write } from "./sink.ts";

/** How long the last lines may take when the service ends, ms. */
const closeMs = 1_000;

/** Longest line, characters. */
const lineMax = 16_384;

/** Lines between two looks at how long the loop is held: 0.1 ms, and no look for each of them. */
const linesPerLook = 16;

/** What a log is made of. */
export interface LogParts {
  readonly runtime: Pick<Runtime, "facts" | "status">;
  /** What this service is called where the configuration says nothing. */
  readonly address: string;
  /** Where lines go that go to no file. */
  readonly standard: Write;
  /** How text looks there, where it is a terminal. */
  readonly terminal?: Paint;
  /** Environment of this process, whose secrets stay out. */
  readonly env: Readonly<Record<string, string>>;
  /** What else is secret: the token. */
  readonly secrets: readonly string[];
}

/** Writes the log until it is closed. */
export class ServiceLog {
  readonly #parts: LogParts;
  readonly #sink: Sink;
  readonly #stop = new AbortController();
  #config: LogConfig;
  #file: Promise<RotatedFile> | null = null;
  #text: (record: object) => string;
  /** Ends the reading of all that jobs do; null when it is not read. */
  #moves: AbortController | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  readonly #breath = new Breath();
  /** Written so far. */
  #lines = 0;

  /** Begins to write by `config`. */
  constructor(config: LogConfig, parts: LogParts) {
    this.#parts = parts;
    this.#config = config;
    this.#text = redactor({ names: [], env: {}, values: [] });
    this.#sink = new Sink(parts.standard, (lines) => this.#line("dropped", { lines }));
    this.configure(config);
    void this.#read({ jobs: "failed", signal: this.#stop.signal });
  }

  /** Writes by `config` from now on; a file is opened anew, as one that was moved away wants it. */
  configure(config: LogConfig): void {
    const { env, secrets, standard, runtime } = this.#parts;
    this.#config = config;
    const json = redactor({ names: config.redact, env, values: secrets });
    const paint = this.#parts.terminal ?? unpainted;
    this.#text = this.isPlain ? (record) => plainLine(JSON.parse(json(record)), paint) : json;
    void this.#file?.then((file) => file.close());
    this.#file = null;
    this.#watchMoves(config.level === "debug");
    clearInterval(this.#beat);
    if (config.statusEveryMs !== null) {
      this.#beat = setInterval(() => this.say("status", stateOf(runtime)), config.statusEveryMs);
    }
    if (config.file === null) return this.#sink.redirect(standard);
    const file = openFile(config.file, config);
    this.#file = file;
    this.#sink.redirect(telling(async (text) => await (await file).write(text), (error) => {
      const line = `flyball: the log can't be written to ${config.file}: ${error}\n`;
      standard(line).catch(() => {}); // Then there is nobody to be told.
    }));
  }

  /** Whether people read it. */
  get isPlain(): boolean {
    const { file, format } = this.#config;
    return file === null && (format === "text" || format === "auto" && !!this.#parts.terminal);
  }

  /** Writes a line that is no fact. */
  say(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#put(this.#record(type, { level: "info", ...fields }));
  }

  /** Writes what has been said, within a second. */
  async close(): Promise<void> {
    const untilMs = performance.now() + closeMs;
    do {
      await new Promise((resolve) => setTimeout(resolve, 0)); // The last facts are on their way.
    } while (this.#breath.isHeld && performance.now() < untilMs);
    this.#stop.abort();
    this.#moves?.abort();
    clearInterval(this.#beat);
    await this.#sink.close(Math.max(0, untilMs - performance.now()));
    void this.#file?.then((file) => file.close()); // Nobody waits for a disk that is stuck.
  }

  #watchMoves(isWanted: boolean): void {
    if (isWanted === (this.#moves !== null)) return;
    this.#moves?.abort();
    this.#moves = isWanted ? new AbortController() : null;
    if (this.#moves) void this.#read({ types: ["jobs"], signal: this.#moves.signal });
  }

  async #read(wanted: Parameters<Runtime["facts"]>[0]): Promise<void> {
    for await (const item of this.#parts.runtime.facts(wanted)) {
      if (this.#isTwice(item, wanted?.jobs)) continue;
      for (const each of recordsOf(item, this.#node, Date.now())) {
        this.#put(each);
        if (++this.#lines % linesPerLook === 0) await this.#breath.take();
      }
    }
  }

  /** Failures are heard twice while all that jobs do is read as well. */
  #isTwice(item: Stamped<Fact> | GapFact, jobs: unknown): boolean {
    return jobs === "failed" && this.#moves !== null && "fact" in item && item.fact.type === "jobs";
  }

  get #node(): string {
    return this.#config.node ?? this.#parts.address;
  }

  #record(type: string, fields: { readonly level: LogRecord["level"] }): LogRecord {
    return record(type, null, Date.now(), this.#node, fields);
  }

  #line(type: string, fields: Readonly<Record<string, unknown>>): string {
    return this.#text(this.#record(type, { level: "warning", ...fields }));
  }

  #put(record: LogRecord): void {
    if (logLevels.indexOf(record.level) < logLevels.indexOf(this.#config.level)) return;
    const line = this.#text(record);
    if (line.length <= lineMax) return this.#sink.push(line);
    const { at, level, type, node, seq } = record;
    const message = `${line.slice(0, lineMax / 4).toWellFormed()}…`;
    this.#sink.push(JSON.stringify({ at, level, type, node, seq, truncated: true, message }));
  }
}

/** Writes, and tells of the first failure of each row of them. */
function telling(write: Write, tell: (error: unknown) => void): Write {
  let isBroken = false;
  return async (text) => {
    try {
      await write(text);
      isBroken = false;
    } catch (error) {
      if (!isBroken) tell(error);
      isBroken = true;
      throw error;
    }
  };
}

/** Loaded for those who want a file. */
async function openFile(path: string, { fileBytes, files }: LogConfig): Promise<RotatedFile> {
  const { RotatedFile } = await import("./rotated_file.ts");
  return new RotatedFile(path, fileBytes, files);
}

/** The state of a service in one line. */
function stateOf(runtime: Pick<Runtime, "status">) {
  const { pending, scheduled, oldestWaitMs, running, size, failedLastMinute, verdict } = runtime
    .status();
  return { pending, scheduled, oldestWaitMs, running, size, failedLastMinute, verdict };
}
