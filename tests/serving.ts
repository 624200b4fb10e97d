/**
 * The service in a process of its own, and how to speak to it.
 *
 * @module
 */
import type { Accepted, JobView } from "../messages/job.ts";
import { type Place, type Started, startFlyball } from "./command_line.ts";

const tasks = new URL("../examples/tasks", import.meta.url).pathname;

/** Starts a service in the folder `cwd`, and how to speak to it. */
export const serve = (cwd: string, ...flags: string[]) => serveIn({ cwd }, ...flags);

/** The same, with a word on how it is run. */
export async function serveIn(place: Place, ...flags: string[]) {
  const started = startFlyball(["serve", "--port", "0", "--tasks", tasks, ...flags], place);
  const greeting = await started.line(/ on http:/).catch(async (error) => {
    await started[Symbol.asyncDispose]();
    throw error;
  });
  const url = / on (http:\S+)/.exec(greeting)![1]!;
  const ask = async (method: string, path: string, body?: unknown, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : {
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    }).catch(async (error) => {
      throw await withLastWords(error, started);
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    started,
    url,
    ask,
    submit: async (body: unknown): Promise<Accepted[]> =>
      (await ask("POST", "/api/v1/jobs", body)).body.jobs,
    job: async (id: string): Promise<JobView> => (await ask("GET", `/api/v1/jobs/${id}`)).body,
    status: async () => (await ask("GET", "/api/v1/status")).body,
    /** Nothing waits and nothing runs. */
    idle: async () => {
      const { pending, running } = (await ask("GET", "/api/v1/status")).body;
      return pending === 0 && running === 0;
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

/** Whoever is not there any more has said why, as a rule. */
async function withLastWords(error: Error, { ended }: Started): Promise<Error> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), 1_000);
  const end = await Promise.race([ended, late.promise]);
  clearTimeout(timer);
  if (end === null) return error;
  const said = `the service ended with ${end.code}: ${end.stderr.slice(-2_000)}`;
  return new Error(said, { cause: error });
}

/** A running service. */
export type Service = Awaited<ReturnType<typeof serve>>;
