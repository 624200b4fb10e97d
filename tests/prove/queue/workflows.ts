/**
 * Workflows: steps that wait for each other, over kills.
 *
 * @module
 */
import { inFolder } from "../../command_line.ts";
import { killWorkflows } from "../../killed_workflow.ts";
import { exactly, type Row } from "../row.ts";

/** Kills at full count. */
const kills = 50;

/** All rows about workflows. */
export const workflowRows = (quick: boolean): readonly Row[] => [{
  line: `a five-step workflow killed at ${kills} random points completes, each step once in the ` +
    "record and after those before it; its critical path is the time it took",
  run: async () => {
    const count = quick ? 3 : kills;
    let flaws: readonly string[] = ["nothing was tried"];
    let ranAgain = 0;
    await inFolder({}, async (cwd) => {
      const killed = await killWorkflows(cwd, count, Math.random);
      flaws = killed.flaws;
      ranAgain = killed.again;
    });
    const detail = `${count} kills, ${ranAgain} steps were running and ran again` +
      (flaws.length > 0 ? `; ${flaws.slice(0, 5).join("; ")}` : "");
    return exactly(flaws.length, 0, "flaws", detail);
  },
}];
