/**
 * The border of staged runs: what their stages and their workspace have to be.
 *
 * @module
 */
import { keptMost, stagesMost } from "../messages/schemas/job.ts";
import { flaw } from "./flaw.ts";
import { isObject } from "./is_object.ts";
import { fieldFlaw, jobFields, stageFields } from "./job_fields.ts";
import { esc, type Flaw } from "./json_value.ts";
import { kindFlaw } from "./kind.ts";

/** Finds what is wrong with the stages of a job, at most one thing of each. */
export function stagesFlaws(stages: unknown, pointer: string): Flaw[] {
  const { code, expected } = jobFields.stages;
  if (!Array.isArray(stages) || stages.length < 1 || stages.length > stagesMost) {
    return [flaw(code, pointer, expected, stages)];
  }
  const names = new Set<unknown>();
  return stages.flatMap((stage: unknown, i) => {
    const at = `${pointer}/${i}`;
    if (!isObject(stage)) return flaw("invalid_stage", at, "an object", stage);
    const found = stageFlaw(stage, at);
    if (found) return found;
    if (names.has(stage["name"])) {
      return flaw(
        "invalid_stage_name",
        `${at}/name`,
        "a name that no other stage has",
        stage["name"],
      );
    }
    names.add(stage["name"]);
    return [];
  });
}

/** Finds what is wrong with how a workspace is reset. A run without a project has a new one. */
export function workspaceFlaws(workspace: unknown, pointer: string, project: unknown): Flaw[] {
  const { code, expected } = jobFields.workspace;
  if (!isObject(workspace)) return [flaw(code, pointer, expected, workspace)];
  for (const name of Object.keys(workspace)) {
    if (name !== "keep" && name !== "reset") {
      return [unknown(name, pointer, "a field of a workspace", ["keep", "reset"])];
    }
  }
  const { keep, reset } = workspace;
  const wrong = reset === undefined ? null : argv(reset, `${pointer}/reset`);
  if (wrong) return [wrong];
  if (keep !== undefined && (!Array.isArray(keep) || keep.length > keptMost)) {
    return [flaw(code, `${pointer}/keep`, `an array of at most ${keptMost} paths`, keep)];
  }
  if (keep !== undefined && reset !== undefined) {
    return [
      flaw(code, pointer, "one of keep and reset: a reset decides itself what it keeps", "both"),
    ];
  }
  const paths = (keep ?? []) as readonly unknown[];
  const at = paths.findIndex((path) => !isInside(path));
  if (at >= 0) return [flaw(code, `${pointer}/keep/${at}`, inside, paths[at])];
  if (project !== undefined) return [];
  return [
    flaw(code, pointer, "absent without projectId: such a run has a new workspace", workspace),
  ];
}

const inside = "a relative path of 1..1024 characters that does not leave the workspace";

function stageFlaw(stage: Readonly<Record<string, unknown>>, pointer: string): Flaw | null {
  for (const [name, value] of Object.entries(stage)) {
    const row = Object.hasOwn(stageFields, name)
      ? stageFields[name as keyof typeof stageFields]
      : undefined;
    if (!row) return unknown(name, pointer, "a field of a stage", Object.keys(stageFields));
    const found = value === undefined ? null : fieldFlaw(name, value, `${pointer}/${name}`, row);
    if (found) return found;
  }
  const { cwd } = stage;
  if (cwd !== undefined && cwd !== "." && !isInside(cwd)) {
    return flaw("invalid_cwd", `${pointer}/cwd`, inside, cwd);
  }
  return kindFlaw(stage, pointer, ["task", "command", "shell"]);
}

const argv = (value: unknown, pointer: string) =>
  fieldFlaw("reset", value, pointer, jobFields.workspace);

function unknown(name: string, pointer: string, what: string, known: readonly string[]): Flaw {
  const at = `${pointer}/${esc(name)}`;
  const expected = `one of ${known.join(", ")}`;
  const given = name.slice(0, 80);
  return {
    code: "unrecognized_key",
    pointer: at,
    message: `${at} is not ${what}`,
    expected,
    given,
  };
}

function isInside(path: unknown): boolean {
  return typeof path === "string" && path.length <= 1_024 && path.isWellFormed() &&
    !path.includes("\0") &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
