/** The runner of the examples: its parts, and a few projects on their way through all stages. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Fact } from "../messages/facts.ts";
import { Board } from "../examples/runner/board.ts";
import { compareNumbers, keepPromises } from "../examples/runner/checks.ts";
import { codeOf, featureOf, features, promptOf } from "../examples/runner/features.ts";
import { planRuns } from "../examples/runner/plan.ts";
import { Provider } from "../examples/runner/provider.ts";
import { checksText, reportText } from "../examples/runner/report.ts";
import { runProjects } from "../examples/runner/runner.ts";
import { quantile } from "../examples/runner/tally.ts";

Deno.test("runner plan: a seed gives its runs, each trouble comes, wrong code is a fifth at most", () => {
  const options = { projects: 12, rounds: 3, faults: true, seed: 1 };
  const runs = planRuns(options);
  assertEquals(planRuns(options), runs);
  assert(JSON.stringify(planRuns({ ...options, seed: 2 })) !== JSON.stringify(runs));
  assertEquals(new Set(runs.map(({ traceparent }) => traceparent)).size, 36);
  const faults = new Set(runs.map(({ fault }) => fault));
  assertEquals(faults.size, 8, "seven, and none");
  for (let rounds = 1; rounds <= 100; rounds++) {
    const wrong = planRuns({ ...options, projects: 1, rounds })
      .filter(({ fault }) => fault === "wrong");
    assert(wrong.length <= rounds / 5, `${wrong.length} of ${rounds}`);
  }
  const calm = planRuns({ ...options, faults: false });
  assert(calm.every(({ fault }) => fault === null));
});

Deno.test("runner features: the code that a model would write does what is asked for", async () => {
  for (const feature of features) {
    assertEquals(featureOf(promptOf(feature)), feature);
    const code = encodeURIComponent(codeOf(feature, feature.body));
    const module = await import(`data:application/typescript,${code}`);
    for (const [args, expected] of feature.cases) {
      assertEquals(module[feature.name](...args), expected);
    }
  }
});

Deno.test("runner provider: grants its rates, then says when to come; fails once where it is told to", async () => {
  const runs = planRuns({ projects: 1, rounds: 4, faults: true, seed: 1 });
  const ask = async (provider: Provider, traceparent = "") => {
    const response = await fetch(provider.url, {
      method: "POST",
      headers: { traceparent },
      body: JSON.stringify({
        max_tokens: 1_000,
        messages: [{ content: promptOf(features[0]!) }],
      }),
    });
    return { ...await response.json(), status: response.status, headers: response.headers };
  };
  const options = { runs, msPerToken: 0, slowMs: 0, seed: 1 };
  {
    await using provider = new Provider({
      ...options,
      rates: { requests: "2/min", tokens: "9000/s" },
    });
    const first = await ask(provider);
    assertEquals([first.status, first.choices[0].finish_reason], [200, "stop"]);
    assertEquals((await ask(provider)).status, 200);
    const third = await ask(provider);
    assertEquals([third.status, third.headers.get("retry-after")], [429, "60"]);
    const { requests, answers, exceeded, mostRequests, strangers } = provider.ledger;
    assertEquals([requests, answers, exceeded, mostRequests, strangers], [3, 2, 1, 2, 3]);
  }
  {
    await using provider = new Provider({
      ...options,
      rates: { requests: "90/s", tokens: "900/min" },
    });
    const { usage: { total_tokens } } = await ask(provider);
    const statuses = [(await ask(provider)).status, (await ask(provider)).status];
    assertEquals(statuses.at(-1), 429);
    assert(provider.ledger.mostTokens >= total_tokens && provider.ledger.mostTokens <= 900);
  }
  await using provider = new Provider({
    ...options,
    rates: { requests: "90/s", tokens: "90000/s" },
  });
  const limited = runs.find(({ fault }) => fault === "tooMany")!;
  const refused = await ask(provider, limited.traceparent);
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assertEquals((await ask(provider, limited.traceparent)).status, 200);
  assertEquals([provider.ledger.failed.tooMany, provider.ledger.strangers], [1, 0]);
});

Deno.test("runner board: a line for each project on a terminal, elsewhere one for each stage that ended", () => {
  const facts: Fact[] = [
    ["began", "a.1", "prep"],
    ["ended", "a.1", "prep"],
    ["began", "a.1", "verify"],
    ["requeued", "a.1", "verify"],
    ["began", "a.1", "verify"],
  ].map(([move, run, stage]) => ({
    type: "jobs",
    move: move as "began" | "ended" | "requeued",
    ids: ["j1"],
    operations: [`run:${stage}`],
    labels: [{ projectId: "a", executionId: run!, taskId: `${run}.${stage}` }],
  }));
  const shown = (terminal: boolean) => {
    let text = "";
    const board = new Board({ terminal, write: (part) => text += part }, 3);
    facts.forEach((fact, i) => board.note(fact, 1_000 * i));
    board.draw(5_000);
    board.draw(6_000);
    return text;
  };
  assertEquals(shown(false), "   1.0 s  a  1/3  prep       done       1.0 s\n");
  const line = (seconds: string) => `\x1b[Ka  1/3  verify     running    ${seconds} s  attempt 2\n`;
  assertEquals(shown(true), `${line("1.0")}\x1b[1A${line("2.0")}`);
});

Deno.test("runner: projects go through all stages, what fails is mended, and all numbers are true", async () => {
  const ended: string[] = [];
  const { tally, figures } = await runProjects({
    ...{ projects: 3, rounds: 2, faults: true, seed: 1 },
    ...{ msPerToken: 0.2, checks: false },
  }, {
    told(fact) {
      if (fact.type === "jobs" && fact.move === "ended") ended.push(...fact.ids);
    },
  });
  assertEquals(new Set(ended).size, 18);
  const numbers = compareNumbers(tally, figures);
  assertEquals(
    checksText(numbers),
    `${numbers.length} of ${numbers.length} numbers are as they should be`,
  );
  const { failed, exceeded } = tally.ledger;
  assertEquals([failed.tooMany, failed.broken, failed.cut, failed.wrong], [1, 1, 1, 1]);
  assertEquals([tally.stages.prep.retries, tally.stages.verify.retries], [1, 1]);
  assertEquals([tally.pushed, tally.runs, exceeded], [5, 6, 0]);
  assertEquals(figures.stages.verify.worth.autonomousRatio, 5 / 6);
  assertEquals(figures.stages.verify.numbers.categories, { exit: 1 });
  const text = reportText(figures, tally);
  assertMatch(text, /^implement +6 +0 +3 .* 30\.00 s .* yes$/m);
  assertStringIncludes(text, "done without help   83 % of 6 runs, target 80 %\n");
  assertStringIncludes(text, "errors got over     5 of 6\n");
  assertMatch(text, /^cost +0\.000\d\d USD$/m);

  // A number that is off is seen.
  const off = { ...tally, ledger: { ...tally.ledger, tokens: tally.ledger.tokens + 1 } };
  assertMatch(
    checksText(compareNumbers(off, figures)),
    /^WRONG tokens that were taken: \d+, expected \d+$/,
  );
  const slow = structuredClone(figures) as {
    stages: { prep: { numbers: { durationMs: object } } };
  };
  slow.stages.prep.numbers.durationMs = { p95: 2_001 };
  const [promise] = keepPromises(tally, slow as unknown as typeof figures);
  assertEquals([promise?.holds, promise?.given], [false, "2001"]);
});

Deno.test("runner: of a sorted list the quantile is one of its values", () => {
  assertEquals([0.5, 0.95, 1].map((ratio) => quantile([1, 2, 3, 4], ratio)), [2, 4, 4]);
  assertEquals(quantile([], 0.5), NaN);
});

Deno.test("runner: one that is interrupted ends at once and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const main = new URL("../examples/runner/main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main],
    env: { TMPDIR: folder },
    stdout: "piped",
  }).spawn();
  const said = child.stdout.getReader();
  await said.read();
  child.kill("SIGINT");
  const ceiling = setTimeout(() => child.kill("SIGKILL"), 30_000);
  while (!(await said.read()).done);
  clearTimeout(ceiling);
  assertEquals((await child.status).code, 130);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), []);
  await Deno.remove(folder);
});

Deno.test("runner: flags that are none are told", async () => {
  for (const flag of ["--projects=0", "--what"]) {
    const main = new URL("../examples/runner/main.ts", import.meta.url).pathname;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", main, flag],
    }).output();
    assertEquals(code, 64);
    assertStringIncludes(
      new TextDecoder().decode(stderr),
      "Usage: deno task runner [--projects 12]",
    );
  }
});
