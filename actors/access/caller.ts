/**
 * Who shows a token, and what it is good for.
 *
 * @module
 */
import type { Role } from "../../messages/access.ts";
import type { JobSpec, JobView, Work } from "../../messages/job.ts";

const submit = "submit:";

/** Whether a text is a role: `read`, `shell`, `admin`, or `submit:` with an operation or `begin*`. */
export const isRole = (text: string): text is Role =>
  /^(?:read|shell|admin|submit:(?:[A-Za-z0-9][^\s,*]{0,255}\*?|\*))$/.test(text);

/** What a role looks like, for people. */
export const roleExpected = "read, shell, admin, or submit:OPERATION, which may end with a star";

/** The owner of a token. */
export class Caller {
  /** As the token is called. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Operations that may be handed in; with a star at the end, what they begin with. */
  readonly #globs: readonly string[];

  /** `roles` are checked already. */
  constructor(name: string, roles: readonly Role[]) {
    this.name = name;
    this.roles = roles;
    this.#globs = roles.filter((role) => role.startsWith(submit)).map((role) =>
      role.slice(submit.length)
    );
  }

  /** Whether it has a role; an admin has all of them. */
  has(role: "read" | "shell" | "admin"): boolean {
    return this.roles.includes("admin") || this.roles.includes(role);
  }

  /** The role that it lacks to hand in this job; null: none. */
  lacksFor(spec: JobSpec): string | null {
    if (this.has("admin")) return null;
    const works: readonly Work[] = spec.stages ?? [spec];
    const isProgram = works.some(({ task }) => task === undefined) ||
      spec.workspace?.reset !== undefined;
    if (isProgram && !this.has("shell")) return "shell";
    // The task as well: else whoever may submit one operation could call every task by its name.
    const names = works.flatMap(({ task }) => task ?? []);
    if (!isProgram && spec.operation !== undefined) names.push(spec.operation);
    const lacked = names.find((name) => !this.#maySubmit(name));
    return lacked === undefined ? null : `${submit}${lacked}`;
  }

  /** Whether it may look after a job that there is: whoever may have handed it in may. */
  mayTend({ task, operation, stages }: JobView): boolean {
    if (this.has("admin")) return true;
    if (task === undefined) return stages === undefined && this.has("shell");
    return this.#maySubmit(task) && this.#maySubmit(operation);
  }

  #maySubmit(operation: string): boolean {
    return this.#globs.some((glob) =>
      glob.endsWith("*") ? operation.startsWith(glob.slice(0, -1)) : operation === glob
    );
  }
}
