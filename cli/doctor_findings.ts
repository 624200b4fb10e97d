/**
 * What is missing on a machine, what that costs, and what helps.
 *
 * @module
 */
import type { Rung, Survey } from "../actors/host/survey.ts";

/** Something that is not as good as it could be. */
export interface Finding {
  /** What it is about: `PID namespaces`. */
  readonly what: string;
  /** What is missing, and what follows. */
  readonly because: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Fewer open files of one process than this are too few for a full pool. */
const filesLow = 4_096;
/** Fewer processes than this are too few for it. */
const processesLow = 1_024;
/** What limits of jobs need of control groups. */
const controllersNeeded = ["cpu", "memory", "pids"];

/** All that could be better, the most important first. */
export function findingsOf(found: Survey): Finding[] {
  const { rungs, setsid, cgroups, pressure, limits, unreadable } = found;
  const missing = controllersNeeded.filter((name) => !cgroups.controllers.includes(name));
  return [
    ...rungs.flatMap(rungFinding),
    ...(setsid !== null ? [] : [{
      what: "setsid",
      because: "there is no program setsid: commands with input cost 1 to 2 ms more",
      fix: "install util-linux",
    }]),
    ...(cgroups.version === null || missing.length === 0 ? [] : [{
      what: "limits of jobs",
      because: `control groups can't limit ${missing.join(", ")}`,
      fix: `delegate them: Delegate=${controllersNeeded.join(" ")} in the unit of the service`,
    }]),
    ...pressureFinding(pressure),
    ...(limits.filesMax === null || limits.filesMax >= filesLow ? [] : [{
      what: "open files",
      because: `one process may have ${limits.filesMax} open, a full pool wants ${filesLow}`,
      fix: "ulimit -n 65536 before the start, or LimitNOFILE=65536 in the unit",
    }]),
    ...(limits.processesMax === null || limits.processesMax >= processesLow ? [] : [{
      what: "processes",
      because: `this user may have ${limits.processesMax}, a full pool wants ${processesLow}`,
      fix: "ulimit -u 4096 before the start, or LimitNPROC=4096 in the unit",
    }]),
    ...unreadable.filter((line) => !line.startsWith("/proc/pressure/")).map((line) => ({
      what: line.split(":")[0]!,
      because: `it can't be read, so there is${line.slice(line.indexOf(":") + 1)}`,
      fix: "mount /proc whole, without hidepid, and let the user of the service read it",
    })),
  ];
}

function rungFinding({ level, name, because }: Rung): Finding[] {
  if (because === null) return [];
  const what = `level ${level}, ${name}`;
  if (because === "containment.level forbids it") {
    return [{ what, because, fix: `leave containment.level out, or set it to ${level}` }];
  }
  if (because === "only Linux has it") return [{ what, because, fix: "run the service on Linux" }];
  return [{ what, because, fix: rungFixes[level] }];
}

/** What usually stands in the way of each level. */
const rungFixes: Readonly<Record<Rung["level"], string>> = {
  0: "report it: every system has sessions",
  1: "install util-linux, which has setpriv",
  2: "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu " +
    "kernel.apparmor_restrict_unprivileged_userns=0); in a container run it with " +
    "--security-opt seccomp=unconfined",
  3: "give the service a control group of its own: Delegate=yes in its unit, or start it with " +
    "systemd-run --user --scope -p Delegate=yes",
};

function pressureFinding({ cpu, memory }: Survey["pressure"]): Finding[] {
  if (cpu && memory) return [];
  const unseen = [...(cpu ? [] : ["CPU"]), ...(memory ? [] : ["memory"])].join(" and ");
  return [{
    what: "pressure",
    because: `the kernel does not tell the pressure of ${unseen}: congestion is seen later`,
    fix: "boot with psi=1 on the kernel's command line",
  }];
}
