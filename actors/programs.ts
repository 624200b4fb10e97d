/**
 * Learns which tasks the worker programs of others run, from the programs themselves.
 *
 * @module
 */
import type { Config } from "./config.ts";
import { describe, type Question } from "./describe.ts";
import { show } from "./flaw.ts";
import { programGrant } from "./grant.ts";
import { inputCheck } from "./input_check.ts";
import { isObject } from "./is_object.ts";
import type { Operation } from "./operation.ts";
import type { Clock, Processes, Program } from "./ports.ts";
import { taskNameShape } from "./register.ts";
import { Refusal } from "./refusal.ts";

/** Tasks of one program. */
const tasksMax = 1_000;

/** A task as its program tells of it. */
interface Told {
  readonly task: string;
  readonly inputSchema: unknown;
}

/**
 * `ours` and the tasks of all `programs`, each of which is started once and asked. Rejects with a
 * Refusal `bad_program` that says which one can't be used and why.
 */
export async function registerPrograms(
  programs: Config["programs"],
  ours: readonly Operation[],
  ports: { readonly processes: Processes; readonly clock: Clock },
  slotsMax: number,
): Promise<readonly Operation[]> {
  const all = [...ours];
  // One after another: of two tasks with the same name it is always the second that is refused.
  for (const [name, said] of Object.entries(programs)) {
    const program = { name, ...said };
    const refuse = (because: string) => bad(program, because);
    const grant = programGrant(program, "describe");
    const question: Question = {
      sources: [""],
      grant,
      refuse: (_code, _source, why) => refuse(why),
    };
    const [answer] = await describe(question, ports);
    for (const { task, inputSchema } of tasksOf(answer, refuse)) {
      if (all.some((other) => other.name === task)) {
        throw refuse(`another task is called ${task} too`);
      }
      const grant = programGrant(program, "task");
      const check = await inputCheck(inputSchema);
      all.push({ number: all.length + 1, name: task, source: task, grant, check, slotsMax });
    }
  }
  return all;
}

/** The tasks in an answer, which may be anything. Throws what `refuse` makes. */
function tasksOf(answer: unknown, refuse: (because: string) => Refusal): readonly Told[] {
  if (isObject(answer) && answer.ok === false) {
    throw refuse(typeof answer.message === "string" ? answer.message : "it does not say why");
  }
  if (!isObject(answer) || !isObject(answer.tasks)) {
    throw refuse(`it must tell { "ok": true, "tasks": { NAME: {} } }, given ${show(answer)}`);
  }
  const all = Object.entries(answer.tasks);
  if (all.length === 0 || all.length > tasksMax) {
    throw refuse(`it must have 1 to ${tasksMax} tasks, given ${all.length}`);
  }
  return all.map(([task, about]) => {
    if (!taskNameShape.test(task)) {
      throw refuse(`names of tasks must match ${taskNameShape.source}, given ${show(task)}`);
    }
    return { task, inputSchema: isObject(about) ? about.inputSchema : undefined };
  });
}

const bad = ({ name, command }: Program, because: string) =>
  new Refusal("bad_program", `Cannot use program ${name} (${command.join(" ")}): ${because}`, [
    {
      pointer: `/programs/${name}`,
      message: because,
      expected: "a worker program, see docs/protocol.md",
    },
  ]);
