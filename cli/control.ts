/**
 * The line of the command line to a running service: its control socket in the data directory, or its
 * address.
 *
 * @module
 */
import { join } from "node:path";
import type { Command } from "commander";
import { Refusal } from "../actors/runtime.ts";
import { readToken } from "../actors/host/token_file.ts";
import { causeOf } from "../client/cause.ts";
import type { ServerEvent } from "../client/event_stream.ts";
import { type Address, Line, type Question } from "../client/line.ts";

export type { Question };

/** Flags that say where the service is. */
export interface Reach {
  readonly data?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

/** Declares the flags of {@link Reach}. */
export function declareReach(command: Command): Command {
  return command
    .option("--data <dir>", "data directory of the service (default: .flyball)")
    .option("--url <url>", "address of the service instead of its data directory")
    .option("--token-file <file>", "file with the token for --url");
}

/** The service, as it can be asked. */
export interface Control extends Disposable {
  /** Where it is: its address, or `unix:` and its socket. */
  readonly where: string;
  /**
   * Resolves with the answer; throws the service's own Refusal or `service_unreachable`, which it also
   * is when the question was given up.
   */
  ask(question: Question): Promise<unknown>;
  /** What comes from a path that streams, until it ends. */
  events(path: string): AsyncIterable<ServerEvent>;
}

/** Opens the line; nothing is sent yet. */
export async function openControl(reach: Reach): Promise<Control> {
  const url = reach.url ?? (Deno.env.get("FLYBALL_URL") || undefined);
  if (url === undefined) {
    const data = reach.data ?? (Deno.env.get("FLYBALL_DATA") || ".flyball");
    return controlOf({ socket: join(data, "control.sock") });
  }
  const { tokenFile } = reach;
  return controlOf(originOf(url), tokenFile === undefined ? undefined : await readToken(tokenFile));
}

/** Who waits at a terminal is told at once, and tries again as they like: there is one try. */
function controlOf(address: Address, token?: string): Control {
  const line = new Line(address, { token, tries: 1 });
  const { where } = line;
  return {
    where,
    ask: async (question) => {
      try {
        return await line.ask(question);
      } catch (error) {
        if (!question.signal?.aborted) throw hinted(error);
        throw new Refusal("service_unreachable", `service unreachable at ${where}: given up`);
      }
    },
    events: async function* (path) {
      try {
        yield* line.listen({ path, last: null });
      } catch (error) {
        throw hinted(error);
      }
    },
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
}

function originOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    const given = JSON.stringify(url.slice(0, 80));
    throw new Refusal(
      "usage",
      `--url expected an address such as http://127.0.0.1:4477, given ${given}`,
    );
  }
  return parsed.origin;
}

/** A socket that is not there is often looked for in the wrong place. */
function hinted(error: unknown): unknown {
  const isMissing = error instanceof Refusal && error.code === "service_unreachable" &&
    causeOf(error.cause) === "No such file or directory";
  if (!isMissing) return error;
  const hint = "is it started there? --data and --url name another place";
  return new Refusal(error.code, `${error.message} (${hint})`);
}
