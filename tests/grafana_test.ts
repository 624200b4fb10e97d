/** The dashboard asks for what there is. */
import { assert, assertEquals } from "@std/assert";
import { orderOf } from "./orders.ts";
import { exported, parsed } from "./scraped.ts";
import { SystemStage } from "./system_stage.ts";
import dashboard from "../docs/grafana.json" with { type: "json" };

/** What PromQL calls by name, beside metrics. */
const words = /^(sum|max|by|rate|histogram_quantile|label_values)$/;

const expressions = [
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap((variable) =>
    "definition" in variable ? variable.definition : []
  ),
];

/** The metrics that an expression asks for, and the labels that it chooses or sums by. */
function asked(expression: string) {
  const selected = [...expression.matchAll(/([a-z_]+)\{([^}]*)\}/g)];
  const labels = [...expression.matchAll(/([a-z]+)=~?"/g), ...expression.matchAll(/by \((.*?)\)/g)]
    .flatMap(([, names]) => names!.split(", "));
  const names = selected.map(([, name]) => name!);
  const plain = /label_values\(([a-z_]+),/.exec(expression)?.[1];
  return { names: plain === undefined ? names : [...names, plain], labels };
}

/** Sight of what the stage does not see: a host's disks and network. */
const elsewhere = ["network_io", "disk_io", "flyball_host_pressure_ratio"];

Deno.test("grafana: each metric and label that the dashboard asks for is exported", async () => {
  const stage = new SystemStage({
    ...{ min: 1, max: 2 },
    part: { failsAt: (payload) => payload === "bad" },
  });
  await stage.clock.advance(1_100);
  for (const payload of ["1", '"bad"']) {
    stage.system.queue.submit([orderOf({ task: "a" }, { payload })]);
  }
  await stage.clock.advance(1_000);
  const { samples, values, families } = parsed(await exported(stage.system));
  await stage.system.stop();
  const names = new Set([...samples.keys()].map((key) => key.slice(0, key.indexOf("{"))));
  const all = expressions.map(asked);
  assert(
    all.length > 25 && all.every(({ names }) => names.length > 0),
    "an expression has no metric",
  );
  const missing = all.flatMap(({ names }) => names)
    .filter((name) => !names.has(name) && !elsewhere.includes(name) && !words.test(name));
  assertEquals(missing, []);
  assert(families.length > 25);
  // Prometheus itself adds `job`.
  const given = ["job", "resource"];
  const unknown = all.flatMap(({ labels }) => labels)
    .filter((label) => values(label).size === 0 && !given.includes(label));
  assertEquals(unknown, []);
});

Deno.test("grafana: every panel has a title, a place of its own and a data source to choose", () => {
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h }, datasource } of dashboard.panels) {
    assert(title !== "" && x + w <= 24);
    assertEquals(datasource.uid, "${datasource}");
    for (let i = x; i < x + w; i++) {
      for (let j = y; j < y + h; j++) {
        assert(!taken.has(`${i},${j}`), title);
        taken.add(`${i},${j}`);
      }
    }
  }
});
