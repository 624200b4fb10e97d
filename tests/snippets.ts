/**
 * The shell commands that the pages show, and those of them that no test can run, each with its reason.
 *
 * @module
 */

const root = new URL("../", import.meta.url);

/** One command of a page, as it stands there. */
export interface Snippet {
  readonly page: string;
  readonly command: string;
}

const day = "computes for seconds; the README's `--record` runs, others in tests/what_if_test.ts";
const written = "reads what the first line of its block wrote";

/** Commands of a page by what they begin with, and why they are not run. */
export const left: readonly (readonly [page: string, begins: string, because: string])[] = [
  [
    "README.md",
    "npx -y deno@2.9.6 task start",
    "fetches Deno; started as deno task start below it",
  ],
  ["README.md", "npx -y deno@2.9.6 task test", "fetches Deno and runs this test; .ci/run runs it"],
  ["README.md", "deno task start", "runs until it is stopped: what all others here are asked of"],
  ["README.md", "deno task flyball submit --wait --job examples/runner", "in tests/runner_test.ts"],
  ["README.md", "find . -name '*.log' | deno task -q flyball map --shell", "writes to /backup"],
  ["CONTRIBUTING.md", "deno task ok", "runs this test"],
  ["docs/command_line.md", "source <(flyball completions bash)", "in tests/completions_test.ts"],
  ["docs/command_line.md", "source <(flyball completions zsh)", "in tests/completions_test.ts"],
  ["docs/command_line.md", "flyball completions fish", "in tests/completions_test.ts"],
  ["docs/limits.md", "curl -s -X PATCH", "for a job of the reader that runs"],
  ["docs/logs.md", "deno task start 2> service.log", "runs until it is stopped"],
  ["docs/logs.md", "flyball logs service.log --type", written],
  ["docs/logs.md", "flyball logs service.log --job", written],
  ["docs/logs.md", "flyball logs service.log --operation", written],
  ["docs/map.md", "find . -name '*.ts' | flyball map", "in the README"],
  ["docs/map.md", "flyball map -k --tag -- curl", "needs a network"],
  ["docs/map.md", "flyball map --shell -a names.txt", "reads files of the reader"],
  ["docs/metrics.md", "OTEL_DENO=true", "runs until it is stopped; tests/otel_test.ts does"],
  ["docs/operating.md", "systemctl", "needs systemd"],
  ["docs/operating.md", "journalctl", "needs systemd"],
  ["docs/retries.md", "flyball retry j7 j9", "which jobs failed is the reader's"],
  ["docs/retries.md", "curl -s -X POST http://127.0.0.1:4477/api/v1/jobs/j7/retry", "the same"],
  ["docs/sandbox.md", "flyball run thumbnail", "a task of the reader; tests/learn_test.ts has one"],
  ["docs/security.md", "flyball serve --token-file token", "runs until it is stopped"],
  ["docs/adaptive_scaling.md", "flyball simulate flash", day],
  ["docs/simulate.md", "flyball simulate flash --policy", day],
  ["docs/simulate.md", "flyball simulate flash --sweep", day],
  ["docs/simulate.md", "curl -s http://127.0.0.1:4477/api/v1/simulations", day],
  ["docs/simulate.md", "flyball simulate --record 6h", day],
  ["docs/simulate.md", "flyball simulate requests.csv.gz", "reads a file of the reader"],
  ["docs/simulate.md", "flyball simulate jobs.csv", "reads a file of the reader"],
];

/** All commands of all pages, in their order. */
export async function snippets(): Promise<readonly Snippet[]> {
  const docs = [...Deno.readDirSync(new URL("docs", root))]
    .map(({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md"));
  const pages = ["README.md", "CONTRIBUTING.md", ...docs.sort()];
  const found = await Promise.all(pages.map(async (page) => {
    const text = await Deno.readTextFile(new URL(page, root));
    return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
      commandsOf(block!).map((command) => ({ page, command }))
    );
  }));
  return found.flat();
}

/** Commands of a block: what ends in a backslash, or in an open quote, goes on in the next line. */
function commandsOf(block: string): string[] {
  const commands: string[] = [];
  let command = "";
  for (const line of block.split("\n")) {
    command += command === "" ? line : `\n${line}`;
    if (command.endsWith("\\") || isOpen(command)) continue;
    if (command.trim() !== "") commands.push(command);
    command = "";
  }
  return commands;
}

const isOpen = (text: string) => /['"]/.test(text.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/g, ""));
