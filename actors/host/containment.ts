/**
 * The containment ladder: how surely what a worker starts ends with it. Each rung is tried for
 * real, and the highest that works is used together with those below.
 *
 * @module
 */
import { Cgroups } from "./cgroup.ts";
import { familyOf, tellsChildren } from "./family.ts";

/**
 * 0: own sessions and marks in the environment · 1: workers die with the service by the kernel's
 * hand · 2: a worker that starts programs has a PID namespace, which ends with it · 3: and a
 * control group.
 */
export type Level = 0 | 1 | 2 | 3;

/** What each level is called. */
export const levelNames = [
  "sessions and marks",
  "parent-death signal",
  "PID namespaces",
  "control groups",
] as const;

/** What this machine lets us do. */
export interface Containment {
  readonly level: Level;
  /** Why a level is not used, by level. */
  readonly missing: Readonly<Partial<Record<Level, string>>>;
  /** Words that tie a process's life to ours; none where there is no setpriv. */
  readonly guard: readonly string[];
  /** Words after them that give a process a PID namespace; none where that can't be done. */
  readonly cage: readonly string[];
  readonly groups: Cgroups | null;
  /** The program that gives a command its session, by its path; null where there is none. */
  readonly session: string | null;
}

const guard = ["setpriv", "--pdeathsig", "KILL", "--"];
/**
 * The shell is the namespace's first process: it takes over what loses its parent, reaps it, and
 * ends everything when the worker has ended. It waits in the foreground, as a shell makes what it
 * starts in the background deaf to SIGINT.
 */
const cage = [
  ..."unshare --pid --fork --kill-child=KILL --mount-proc --propagation slave".split(" "),
  "sh",
  "-c",
  // What the shell itself would say ("Killed") is not the worker's last word.
  'exec 3>&2 2> /dev/null; (exec "$@" 2>&3 3>&-); exit $?',
  "sh",
];
/** Longest time that a rung may take to answer, ms. */
const trialMs = 5_000;

/** Climbs the ladder, at most to `levelMax`; each rung has `withinMs` to answer. */
export async function contain(levelMax: Level = 3, withinMs = trialMs): Promise<Containment> {
  const session = pathOf("setsid");
  const none: Containment = { level: 0, missing: {}, guard: [], cage: [], groups: null, session };
  if (levelMax < 1) return { ...none, missing: capped(levelMax) };
  if (Deno.build.os !== "linux") {
    const because = "only Linux has it";
    return { ...none, missing: { 1: because, 2: because, 3: because } };
  }
  const groups = levelMax < 3 ? "containment.level forbids it" : Cgroups.open();
  let found: Containment = none;
  let trial: Trial = { failed: null, grouped: null };
  const missing: Partial<Record<Level, string>> = capped(levelMax);
  if (levelMax >= 2) {
    trial = tellsChildren()
      ? await tryOut([...guard, ...cage], groups, withinMs)
      : { failed: "the kernel does not tell children (CONFIG_PROC_CHILDREN)", grouped: null };
    if (trial.failed === null) found = { ...none, level: 2, guard, cage };
    else missing[2] = trial.failed;
  }
  if (found.level < 2) {
    trial = await tryOut(guard, groups, withinMs);
    if (trial.failed === null) found = { ...none, level: 1, guard };
    else {
      missing[1] = trial.failed;
      trial = { failed: null, grouped: typeof groups === "string" ? groups : missing[1] };
    }
  }
  const because = typeof groups === "string" ? groups : trial.grouped;
  if (because === null && typeof groups !== "string") found = { ...found, level: 3, groups };
  else missing[3] ??= because ?? "not tried";
  return { ...found, missing };
}

/** What came of trying: why it failed, and why a group did not end it; null where it worked. */
interface Trial {
  readonly failed: string | null;
  readonly grouped: string | null;
}

function capped(levelMax: Level): Partial<Record<Level, string>> {
  const levels = ([1, 2, 3] as const).filter((level) => level > levelMax);
  return Object.fromEntries(levels.map((level) => [level, "containment.level forbids it"]));
}

/**
 * Starts a shell behind `words` and ends it, through a group where there are any. One that had
 * answered in time, but that we were too busy to hear, is tried once more.
 */
async function tryOut(
  words: readonly string[],
  groups: Cgroups | string,
  withinMs: number,
  isFirst = true,
): Promise<Trial> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(words[0]!, {
      args: [...words.slice(1), "sh", "-c", "echo ready; read end"],
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error), grouped: null };
  }
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    end(child.pid);
  }, withinMs);
  try {
    const reader = child.stdout.getReader();
    const { done } = await reader.read();
    if (done) {
      const said = (await new Response(child.stderr).text()).trim().split("\n").at(-1) ?? "";
      await child.status;
      return { failed: said || `${words[0]} did not start a program`, grouped: null };
    }
    const isMissed = isLate && isFirst;
    let grouped = typeof groups === "string" ? groups : null;
    if (typeof groups !== "string" && !isMissed) grouped = await endsBy(groups, child.pid);
    end(child.pid);
    await child.status;
    while (!(await reader.read()).done);
    await child.stderr.cancel();
    return isMissed ? await tryOut(words, groups, withinMs, false) : { failed: null, grouped };
  } finally {
    clearTimeout(late);
    await child.stdin.close().catch(() => {});
  }
}

/** Null when a group takes a whole family in. */
async function endsBy(groups: Cgroups, pid: number): Promise<string | null> {
  const family = familyOf(pid);
  const group = groups.create("trial");
  const added = family.every((one) => group.add(one));
  const held = group.pids().length;
  group.kill();
  await group.removeSoon();
  return added && held >= family.length ? null : "processes can't be put into a group";
}

function pathOf(program: string): string | null {
  for (const folder of (Deno.env.get("PATH") ?? "/usr/bin:/bin").split(":")) {
    try {
      if (Deno.statSync(`${folder}/${program}`).isFile) return `${folder}/${program}`;
    } catch { /* not here */ }
  }
  return null;
}

function end(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch { /* it has just gone */ }
}
