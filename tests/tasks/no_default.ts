/** A module that forgot to export its task by default. */
export const task = { kind: "flyball.task", run: () => 1 };
