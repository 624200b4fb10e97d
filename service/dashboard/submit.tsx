/**
 * New jobs by hand: a task with its input, or a command, once or many times.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { Accepted } from "../../messages/job.ts";
import type { Status } from "../../messages/status.ts";
import { type Problem, send } from "./api.ts";
import { useAsked } from "./asked.ts";
import { Dialog } from "./dialog.tsx";
import { tell } from "./job_actions.tsx";
import { Trouble } from "./panel.tsx";

/** Jobs of one submit at most. */
const most = 1_000;

interface SubmitFormProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The specs that the fields of the form amount to. */
function specsOf(fields: FormData): Record<string, unknown>[] {
  const text = (name: string) => String(fields.get(name) ?? "").trim();
  const input = text("input");
  const work = fields.get("kind") === "command"
    ? { command: JSON.parse(text("command")) }
    : { task: text("task"), ...(input && { input: JSON.parse(input) }) };
  const spec = {
    ...work,
    ...(text("priority") !== "normal" && { priority: text("priority") }),
    ...(text("key") && { key: text("key") }),
    ...(text("pool") && { pool: text("pool") }),
    ...(text("delayS") && { delayMs: Number(text("delayS")) * 1_000 }),
  };
  return Array.from({ length: Math.min(most, Number(text("count")) || 1) }, () => spec);
}

/** The dialog. */
export function SubmitForm({ onClose, onDone }: SubmitFormProps) {
  const { data } = useAsked<Status>("status", 0);
  const [kind, setKind] = useState<"task" | "command">("task");
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const jobs = specsOf(new FormData(event.currentTarget as HTMLFormElement));
      const answer = await send<{ jobs: Accepted[] }>("POST", "jobs", { jobs });
      const [first] = answer.jobs;
      tell(jobs.length === 1 ? `Job ${first!.id} is accepted` : `${jobs.length} jobs are accepted`);
      onDone();
      onClose();
    } catch (error) {
      const { message } = error as Problem;
      setWrong(error instanceof SyntaxError ? `That is no JSON: ${message}` : message);
    }
  };
  return (
    <Dialog title="New job" onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <label>
          Kind
          <select
            name="kind"
            value={kind}
            onChange={(e) => setKind(e.currentTarget.value as typeof kind)}
          >
            <option value="task">task</option>
            <option value="command">command</option>
          </select>
        </label>
        {kind === "task" ? <TaskFields tasks={data?.tasks ?? []} /> : (
          <label>
            Program and arguments, as JSON
            <input name="command" required placeholder='["sleep", "1"]' spellcheck={false} />
          </label>
        )}
        <Rest pools={data?.pools.map(({ name }) => name) ?? []} />
        {wrong && <Trouble>{wrong}</Trouble>}
        <footer>
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Submit</button>
        </footer>
      </form>
    </Dialog>
  );
}

const TaskFields = ({ tasks }: { readonly tasks: readonly string[] }) => (
  <>
    <label>
      Task
      <select name="task" required>
        {tasks.map((task) => <option key={task} value={task}>{task}</option>)}
      </select>
    </label>
    <label>
      Input, as JSON
      <textarea name="input" rows={3} placeholder='{ "ms": 500 }' spellcheck={false} />
    </label>
  </>
);

const Rest = ({ pools }: { readonly pools: readonly string[] }) => (
  <div class="row">
    <label>
      How many
      <input name="count" type="number" min={1} max={most} defaultValue="1" />
    </label>
    <label>
      Class
      <select name="priority">
        {["normal", "high", "low"].map((each) => <option key={each} value={each}>{each}</option>)}
      </select>
    </label>
    <label>
      Key
      <input name="key" placeholder="none" spellcheck={false} />
    </label>
    <label>
      Begins after, s
      <input name="delayS" type="number" min={0} placeholder="0" />
    </label>
    {pools.length > 1 && (
      <label>
        Pool
        <select name="pool">
          <option value="">as configured</option>
          {pools.map((pool) => <option key={pool} value={pool}>{pool}</option>)}
        </select>
      </label>
    )}
  </div>
);
