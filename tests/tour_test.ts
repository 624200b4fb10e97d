/** Every shell command of the README and the guides, against one service as the README starts it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { say } from "./cli_stage.ts";
import { tempFolder } from "./live.ts";
import { left, type Snippet, snippets } from "./snippets.ts";
import { until } from "./until.ts";

const root = new URL("../", import.meta.url).pathname;
const decoder = new TextDecoder();

/** What is another one here: the service's address, fewer files, and none that
 * are somebody's. */
const changes = (address: string): readonly (readonly [string, string])[] => [
  ["127.0.0.1:4477", address],
  ["find . -name '*.ts'", `find ${root}policies/retry -name '*.ts'`],
  ["/tmp/cache", "/tmp/flyball-nothing-is-there"],
];

/** What goes on until its reader has seen enough. */
const isEndless = ({ command }: Snippet) => /^curl -N |^deno eval 'new WebSocket/.test(command);

/** The operator's words stop others; they come last. */
const isOperator = ({ page }: Snippet) => page === "docs/operator.md";

/** The command line alone, which needs no process. */
const isPlain = (command: string) => /^flyball (?!token)[^|>$`&]*$/.test(command);

/** What the README promises of an answer. */
const promises: readonly (readonly [begins: string, says: RegExp])[] = [
  ["flyball why\n", /^\d+ workers? .*ready.* It went from \d+ to \d+, .+: \S+/],
  ['flyball why "$last"', /^j2s \w+/],
  ["flyball status", /\nwait .*\n(.*\n)*pool default: governor/],
  ["flyball top", /^flyball .*\npending /],
  ["flyball simulate --record", /^recorded: \d+ jobs(.*\n)*governor(.*\n)*plan .*late|plan +\d/],
  ["curl -s 'http://127.0.0.1:4477/api/v1/jobs?wait=10s'", /"state":"done"/],
];

interface Service extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  readonly data: string;
}

/** `deno task start`, on another port and with a folder of its own. */
async function startTask(data: string): Promise<Service> {
  const child = new Deno.Command("deno", {
    args: ["task", "-q", "start", "--port", "0", "--data", data],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let said = "";
  const heard = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const stop = async () => {
    const pid = await Deno.readTextFile(`${data}/lock`).catch(() => "");
    if (pid.trim() === "") child.kill();
    else Deno.kill(Number(pid), "SIGINT");
    await Promise.all([child.status, heard]);
  };
  const addressOf = () => / on http:\/\/(\S+) /.exec(said)?.[1];
  try {
    await until(() => addressOf() !== undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: addressOf()!, data, [Symbol.asyncDispose]: stop };
}

/** Runs one command after another in a shell; what each said. An answer of HTTP that is bad fails. */
async function shell(
  commands: readonly string[],
  { data, cwd, prelude = "" }: { data: string; cwd: string; prelude?: string },
): Promise<readonly string[]> {
  const mark = "@@@@@@";
  const script = [prelude, "set -e", ...commands.flatMap((command) => [`echo ${mark}`, command])];
  await Deno.writeTextFile(`${data}/script`, script.join("\n"));
  await Deno.writeTextFile(`${data}/.curlrc`, "fail-with-body\n");
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [`${data}/script`],
    cwd,
    env: { FLYBALL_DATA: data, CURL_HOME: data, NO_COLOR: "1" },
  }).output();
  const said = decoder.decode(stdout).split(`${mark}\n`).slice(1);
  assertEquals(code, 0, `${commands[said.length - 1]}\n${said.at(-1)}\n${decoder.decode(stderr)}`);
  return said;
}

/** Words of a plain command, without quotes and remark. */
const wordsOf = (command: string) =>
  [...command.replace(/\s#.*$/, "").matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, one, two, three]) => one ?? two ?? three!);

/** Where the service is, before a program that is to be started; `run` asks none. */
function withData(words: readonly string[], data: string): readonly string[] {
  if (words[0] === "run") return words;
  const at = words.includes("--") ? words.indexOf("--") : words.length;
  return words.toSpliced(at, 0, "--data", data);
}

Deno.test("snippets: what is left out is there, once, and says why", async () => {
  const all = await snippets();
  assert(all.length > 60, `${all.length} commands`);
  for (const [page, begins, because] of left) {
    const named = all.filter((snippet) => snippet.page === page && isNamed(snippet, begins));
    assertEquals([begins, named.length], [begins, 1]);
    assert(because.length > 5);
  }
});

const isNamed = ({ command }: Snippet, begins: string) => command.startsWith(begins);
const isLeft = (snippet: Snippet) =>
  left.some(([page, begins]) => page === snippet.page && isNamed(snippet, begins));

const hasCurl = await new Deno.Command("curl", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);
if (!hasCurl) console.log("snippets: there is no curl here, so the pages' commands are not run");

const name = "snippets: the tour and all commands of all pages run as they are written";
Deno.test({ name, ignore: !hasCurl }, async () => {
  await using folder = await tempFolder();
  await using service = await startTask(`${folder.path}/data`);
  const { address, data } = service;
  const here = (command: string) =>
    changes(address).reduce((text, [from, to]) => text.replaceAll(from, to), command);
  const all = (await snippets()).filter((snippet) => !isLeft(snippet))
    .toSorted((a, b) => Number(isOperator(a)) - Number(isOperator(b)));
  const endless = all.filter(isEndless).map(({ command }) => listen(here(command)));
  try {
    const readme = all.filter((snippet) => snippet.page === "README.md" && !isEndless(snippet));
    const said = await shell(readme.map(({ command }) => here(command)), { data, cwd: root });
    for (const [begins, says] of promises) {
      const at = readme.findIndex(({ command }) => `${command}\n`.startsWith(begins));
      assert(at >= 0, begins);
      assertMatch(said[at]!, says);
    }
    const own = `${folder.path}/own`;
    await Deno.mkdir(own);
    const prelude = `flyball() { deno run -A ${root}main.ts "$@"; }`;
    for (const { page, command } of all) {
      if (page === "README.md" || isEndless({ page, command })) continue;
      if (!isPlain(command)) await shell([here(command)], { data, cwd: own, prelude });
      else {
        const [, ...words] = wordsOf(here(command));
        const { code, stderr } = await say(...withData(words, data));
        assertEquals([command, code, stderr], [command, 0, stderr]);
      }
    }
    await until(() => endless.every(({ said }) => said().length > 0));
    // Whether the last change was its growth is a matter of seconds; that it grew, and why, is told.
    const resized = endless.map(({ said }) => said()).join("\n");
    assertMatch(resized, /"resized".*"trigger":"(head waited|backlog for) \d+ ms"/);
  } finally {
    await Promise.all(endless.map(({ stop }) => stop()));
  }
});

/** A command that goes on until `stop`. */
function listen(command: string) {
  const child = new Deno.Command("sh", {
    args: ["-c", `exec ${command}`],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let said = "";
  const heard = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  return {
    said: () => said,
    stop: async () => {
      child.kill("SIGKILL");
      await Promise.all([child.status, heard]);
    },
  };
}
