/**
 * The HTTP API over a runtime, as a function from request to response. Doors carry it to sockets.
 *
 * @module
 */
import { Hono } from "hono";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { isTraced } from "../actors/tracing/port.ts";
import { byOf, demand, needOf } from "./access.ts";
import { checkParameters, type Door, type Handler } from "./call.ts";
import { guard, type GuardOptions } from "./guard.ts";
import { inspectorHub } from "./inspector.ts";
import { correlationIdOf, problem, refusalOf } from "./problem.ts";
import { routes } from "./routes.ts";

/** Options of {@link createApp}. */
export interface AppOptions extends GuardOptions {
  /** Hears of each error that is our own. Default: a line of JSON on standard error. */
  readonly report?: ((fault: Fault) => void) | undefined;
}

/** An error that is our own. */
export interface Fault {
  /** As in the answer that its caller got. */
  readonly correlation_id: string;
  /** What went wrong, without what looks like a secret. */
  readonly message: string;
}

/** The API, ready to be served. */
export interface App {
  /** Answers one request; never rejects. */
  fetch(request: Request, door?: Door): Response | Promise<Response>;
  /** Ends streams and WebSockets, which would else go on for ever. */
  close(): void;
}

/** Builds the API over `runtime`. */
export function createApp(runtime: Runtime, options: AppOptions = {}): App {
  const hub = inspectorHub(runtime);
  const closing = new AbortController();
  const check = guard(options);
  const api = new Hono<{ Bindings: Door }>();
  const report = options.report ??
    ((fault) => console.error(JSON.stringify({ level: "error", type: "internal", ...fault })));
  const fail = (error: unknown, request: Request): Response => {
    const correlationId = correlationIdOf(request);
    if (!(error instanceof Refusal)) report(faultOf(error, correlationId));
    return problem(refusalOf(error), correlationId);
  };

  const methods = new Map<string, string[]>();
  for (
    const [method, path, handle, known = []] of routes(runtime, hub, closing.signal)
  ) {
    const need = needOf(method, path);
    const answer = checked(handle, known);
    const isChange = need === "admin" && path !== "/api/v1/config";
    const timed = isAnswered(path) ? timing(runtime, `${method} ${path}`, answer) : answer;
    const told = isChange ? telling(runtime, timed) : timed;
    const admitted: Handler = async (call) => {
      await demand(need, call.env.caller!, call, runtime);
      return await told(call);
    };
    api.on(method, path, (call) => call.env.caller === undefined ? told(call) : admitted(call));
    methods.set(path, [...methods.get(path) ?? [], method]);
  }
  for (const [path, allowed] of methods) {
    const allow = allowed.join(", ");
    api.all(path, ({ req }) => {
      const refusal = new Refusal("method_not_allowed", `${req.method} is not one of ${allow}`);
      return problem(refusal, correlationIdOf(req.raw), { allow });
    });
  }
  api.notFound(({ req }) => {
    const refusal = new Refusal(
      "not_found",
      `There is nothing at ${req.path.slice(0, 80)}: /docs lists what is`,
    );
    return problem(refusal, correlationIdOf(req.raw));
  });
  api.onError((error, { req }) => fail(error, req.raw));

  return {
    fetch(request, door = {}) {
      try {
        const caller = check(request, door.trusted ?? false);
        const known = caller === null ? door : { ...door, caller };
        const answer = isRecorded(request)
          ? import("./traced.ts").then(({ traced }) =>
            traced(request, () => api.fetch(request, known), door.span)
          )
          : api.fetch(request, known);
        return answer instanceof Response
          ? answer
          : answer.catch((error: unknown) => fail(error, request));
      } catch (error) {
        return fail(error, request);
      }
    },
    close() {
      closing.abort();
      hub.close();
    },
  };
}

/** Tells who has changed something; the configuration tells it itself, with what has changed. */
const telling = (runtime: Runtime, answer: Handler): Handler => async (call) => {
  const response = await answer(call);
  if (response.ok) runtime.asked(byOf(call.env), `${call.req.method} ${call.req.path}`);
  return response;
};

/** Lets only those parameters in that are known. */
const checked = (handle: Handler, known: readonly string[]): Handler => (call) => {
  checkParameters(call.req.url, known);
  return handle(call);
};

/** Whether what is asked for is an answer: streams, probes and computations take their time. */
const isAnswered = (path: string): boolean =>
  path.startsWith("/api/v1/") &&
  !/\/(live|overview|events|log|probe|simulations)$/.test(path);

/** Notes how long an answer took, unless it was meant to wait. */
const timing = ({ metrics }: Runtime, route: string, answer: Handler): Handler => async (call) => {
  const sinceMs = performance.now();
  try {
    return await answer(call);
  } finally {
    if (!call.req.url.includes("wait=")) metrics.answered(route, performance.now() - sinceMs);
  }
};

/** Whether anybody traces what is asked; probes and scrapes are no story. */
const isRecorded = ({ url }: Request): boolean =>
  isTraced() && !/\/(livez|readyz|metrics)$/.test(new URL(url).pathname);

function faultOf(error: unknown, correlationId: string): Fault {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  const message = text.slice(0, 4_096).replace(
    /((?:token|secret|pass(?:word)?|authorization|cookie|key)["']?\s*[=:]\s*)(?:Bearer\s+)?\S+/gi,
    "$1[redacted]",
  );
  return { correlation_id: correlationId, message };
}
