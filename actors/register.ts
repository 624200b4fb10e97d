/**
 * Learns what tasks ask for, from a worker that may do nothing but read their project.
 *
 * @module
 */
import { resolve as resolvePath } from "node:path";
import { arity, encode, malformed, messages } from "../messages/wire.ts";
import type { Permissions } from "../task.ts";
import { refusalOf } from "./admission.ts";
import { describeExit } from "./exit.ts";
import { flaw } from "./flaw.ts";
import {
  type Closed,
  describeGrant,
  learningGrant,
  taskGrant,
  trustedGrant,
  withFolder,
} from "./grant.ts";
import { inputCheck } from "./input_check.ts";
import { closedPaths, isFile, leadsOut, projectOf } from "./host.ts";
import type { Operation } from "./operation.ts";
import type { Clock, Grant, Processes } from "./ports.ts";
import { Refusal } from "./runtime.ts";
import type { TaskFile } from "./task_file.ts";

/** Longest time a task's module may take to load, ms. */
const loadMs = 10_000;
/** Names that tasks may have. */
const nameShape = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

interface Description {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly permissions?: Permissions;
  readonly inputSchema?: unknown;
}

/**
 * Registers `tasks`, to whom `ours` is closed; rejects with a Refusal that says which file can't be
 * used and why.
 */
export async function register(
  tasks: Readonly<Record<string, TaskFile>>,
  ports: { readonly processes: Processes; readonly clock: Clock },
  slotsMax: number,
  ours: Closed,
): Promise<Operation[]> {
  const entries = Object.entries(tasks).map(([name, task]): Entry => {
    const file = locate(name, task);
    const { trusted = false, audit } = task;
    return { name, url: file, trusted, audit: audit ?? null, ...projectOf(new URL(file)) };
  });
  const projects = Map.groupBy(entries, ({ root, trusted }) => `${trusted} ${root}`);
  const known = new Map<Entry, Pick<Operation, "grant" | "check">>();
  await Promise.all([...projects.values()].map(async (project) => {
    const { root, config, trusted } = project[0]!;
    const closed = trusted ? ours : { ...ours, paths: closedPaths(root, ours.paths) };
    const grant = trusted ? trustedGrant(config, "describe") : describeGrant(root, config, closed);
    const descriptions = await describe(project.map(({ url }) => url), grant, ports);
    for (const [i, entry] of project.entries()) {
      const { ok, code, message, permissions, inputSchema } = descriptions[i]!;
      if (!ok) throw new Refusal(code ?? "task_load_failed", message ?? `Cannot load ${entry.url}`);
      const own = grantOf(entry, permissions ?? {}, closed);
      known.set(entry, { grant: own, check: await inputCheck(inputSchema) });
    }
  }));
  return entries.map((entry, i) => ({
    number: i + 1,
    name: entry.name,
    source: entry.url,
    ...known.get(entry)!,
    slotsMax,
  }));
}

/** What the workers of a task may touch. */
function grantOf(entry: Entry, permissions: Permissions, closed: Closed): Grant {
  const { name, root, config, trusted, audit } = entry;
  if (audit !== null) return withFolder(learningGrant(config, closed, audit), true);
  if (trusted) return withFolder(trustedGrant(config, "task"), permissions.folder);
  const grant = taskGrant(root, config, permissions, closed);
  for (const kind of ["read", "write"] as const) {
    const paths = permissions[kind];
    for (const path of paths === true ? [] : paths ?? []) {
      const real = leadsOut(root, resolvePath(root, path));
      if (real === null) continue;
      throw new Refusal(
        "invalid_permissions",
        `Cannot register ${name} as its permissions.${kind} ${JSON.stringify(path)} ` +
          `leads out of the project, to ${real}: name that place itself`,
      );
    }
  }
  return grant;
}

interface Entry {
  readonly name: string;
  readonly url: string;
  readonly trusted: boolean;
  readonly audit: string | null;
  readonly root: string;
  readonly config: string | null;
}

function locate(name: string, task: TaskFile | undefined): string {
  if (!nameShape.test(name)) {
    throw new Refusal(
      "invalid_task_name",
      `Cannot register task as its name must match ${nameShape.source}: it is ${
        JSON.stringify(name)
      }`,
    );
  }
  const url = task?.url;
  if (typeof url !== "string") {
    const expected = "a task file, as taskFile(url) makes it";
    throw refusalOf([flaw("invalid_task", `/tasks/${name}`, expected, task)]);
  }
  if (!url.startsWith("file:")) {
    throw new Refusal("invalid_task", `Cannot register ${name} as its file must be local: ${url}`);
  }
  if (!isFile(new URL(url))) {
    throw new Refusal(
      "task_not_found",
      `Cannot register ${name} as there is no file ${decodeURIComponent(new URL(url).pathname)}`,
    );
  }
  return url;
}

/** Asks one describing worker about `urls`, in order. */
function describe(
  urls: readonly string[],
  grant: Grant,
  { processes, clock }: { readonly processes: Processes; readonly clock: Clock },
): Promise<Description[]> {
  const answers: Description[] = [];
  const described = messages.described;
  return new Promise((resolve, reject) => {
    let settled: (() => void) | null = null;
    const disarm = clock.at(clock.nowMs() + loadMs, () => {
      const waiting = urls[answers.findIndex((answer) => answer === undefined)] ??
        urls[answers.length];
      finish(() =>
        reject(new Refusal("load_timeout", `Cannot load ${waiting} within ${loadMs / 1000} s`))
      );
    });
    const process = processes.spawn({ seat: 0, generation: 1, grant }, {
      connected: () =>
        urls.forEach((url, i) => process.send(encode(messages.describe.kind, i, url))),
      frame(batch) {
        if (malformed(batch, "up")) return process.kill("SIGKILL");
        for (let at = 0; at < batch.length; at += 1 + arity(batch[at] as number)) {
          if (batch[at] !== described.kind) continue;
          answers[batch[at + 1] as number] = batch[at + 2] as Description;
        }
        if (Object.keys(answers).length === urls.length) finish(() => resolve(answers));
      },
      garbage: () => process.kill("SIGKILL"),
      exited: (exit) => {
        disarm();
        if (settled) return settled();
        reject(
          new Refusal("task_load_failed", `Cannot load ${urls[0]}: worker ${describeExit(exit)}`),
        );
      },
      failed: (because) => {
        disarm();
        reject(new Refusal("spawn_failed", `Cannot start a worker: ${because}`));
      },
    });
    /** Answers when the process is gone, so that nothing of it outlives the call. */
    function finish(then: () => void) {
      if (settled) return;
      settled = then;
      disarm();
      process.kill("SIGKILL");
    }
  });
}
