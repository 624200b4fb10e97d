/** The decision matrix: one action for each state, as the machine itself acts, and as its page says. */
import { assertEquals } from "@std/assert";
import { initialTransition, transition } from "xstate";
import { decisionMatrix } from "../machines/decision_matrix.ts";
import { says } from "../machines/may.ts";
import { scaling, scalingOptions, type ScalingSnapshot } from "../machines/scaling.ts";
import { closed } from "../policies/scaling/combine.ts";
import { decisionMatrixPage } from "./decision_matrix_page.ts";

Deno.test("matrix: has exactly one action for each of all states together", () => {
  const states = Object.values(says).map((region) => Object.keys(region));
  const all = states.reduce((product, { length }) => product * length, 1);
  const rows = decisionMatrix();
  assertEquals(rows.length, all);
  const cells = rows.map(({ action: _, because: __, ...value }) => Object.values(value).join());
  assertEquals(new Set(cells).size, all);
});

Deno.test("matrix: the machine adopts what a row allows, and nothing else", () => {
  const room = (floor: number) => ({ ...closed, floor, cap: floor });
  const options = scalingOptions.parse({});
  const input = { workers: 4, envelope: room(4), options };
  const [first] = initialTransition(scaling, input);
  for (const { action, because, ...value } of decisionMatrix()) {
    const start = scaling.resolveState({ value, context: first.context }) as ScalingSnapshot;
    const adopts = (floor: number) => {
      const [next] = transition(
        scaling,
        start,
        {
          ...{ type: "proposed", decision: 7, envelope: room(floor), nowMs: 1 },
        } as const,
      );
      return next.context.adopted.decision === 7;
    };
    const expected = { adopt: [true, true], grow: [true, false], shrink: [false, true] };
    const wanted = action === "hold" ? [false, false] : expected[action];
    assertEquals([adopts(6), adopts(2)], wanted, because);
  }
});

Deno.test("matrix: docs/decision_matrix.md is written from it", async () => {
  const path = new URL("../docs/decision_matrix.md", import.meta.url);
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    ...{ stdin: "piped", stdout: "piped", cwd: new URL("..", import.meta.url) } as const,
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(decisionMatrixPage));
  await writer.close();
  const page = new TextDecoder().decode((await formatter.output()).stdout);
  if (Deno.env.get("UPDATE")) Deno.writeTextFileSync(path, page);
  assertEquals(Deno.readTextFileSync(path), page);
});
