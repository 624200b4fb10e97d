/** The unit and the container file: what they start is there, comes up, is healthy and ends in peace. */
import { assert, assertEquals } from "@std/assert";
import { instructions, probeOf, told } from "./container_file.ts";
import { tempFolder } from "./live.ts";
import { until } from "./until.ts";

const root = new URL("../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, root));

/** Starts `words` on a port of its own, asks `health`, tells it to end; its exit code. */
async function startAndEnd(
  words: readonly string[],
  health: (address: string) => Promise<void>,
): Promise<number> {
  const [program, ...args] = words;
  const child = new Deno.Command(program!, { args, cwd: root, stdout: "piped", stderr: "null" })
    .spawn();
  let said = "";
  const heard = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const addressOf = () => / on http:\/\/(\S+) /.exec(said)?.[1];
  let ended = false;
  const status = child.status.finally(() => ended = true);
  try {
    await until(() => ended || addressOf() !== undefined);
    assert(!ended, `it has ended: ${words.join(" ")}`);
    await health(addressOf()!);
  } finally {
    if (!ended) child.kill("SIGTERM");
    await heard;
  }
  return (await status).code;
}

Deno.test("operating: the image has what its command needs, and not what is nobody's business", async () => {
  const all = await instructions();
  const known = "FROM RUN WORKDIR COPY USER VOLUME EXPOSE STOPSIGNAL ENTRYPOINT CMD HEALTHCHECK";
  assertEquals(all.filter(([name]) => !known.split(" ").includes(name)), []);
  assertEquals(told(all, "COPY"), ["--chown=deno:deno . ."]);
  const [entry, command] = [told(all, "ENTRYPOINT")[0]!, told(all, "CMD")[0]!].map((text) =>
    JSON.parse(text) as string[]
  );
  for (const path of [entry!.at(-1)!, "deno.json", "deno.lock"]) {
    await Deno.stat(new URL(path, root));
  }
  const [dataAt] = told(all, "VOLUME");
  assertEquals(command![command!.indexOf("--data") + 1], dataAt);
  assert(told(all, "RUN").join().includes("tini") && entry![0]!.endsWith("/tini"));
  // What the repository does not keep is not part of an image either, and no history.
  const left = (await read(".dockerignore")).split("\n");
  assert(left.includes(".git/"));
  const ignored = (await read(".gitignore")).split("\n").map((line) => line.replace("/", ""));
  const leftNames = left.map((line) => line.replace("**/", "").replace("/", ""));
  for (const name of [".flyball", "node_modules", ".screenshots", "coverage", "__pycache__"]) {
    assert(ignored.includes(name) && leftNames.includes(name), name);
  }
});

Deno.test("operating: what unit and container start comes up, is healthy and ends with 0", async () => {
  await using folder = await tempFolder();
  const token = `${folder.path}/token`;
  await Deno.writeTextFile(token, "c2l4dGVlbi1hbmQtbW9yZS1ieXRlcw\n", { mode: 0o600 });
  const all = await instructions();
  const json = (name: string): string[] => JSON.parse(told(all, name)[0]!);
  const probe = probeOf(all);
  const [, exec] = /^ExecStart=(.+)$/m.exec(await read("docs/operating/flyball.service"))!;
  const here = (data: string) => (word: string) =>
    ({ "0.0.0.0": "127.0.0.1", "/data": data, "/var/lib/flyball": data })[word] ??
      (word.endsWith("/token") ? token : word);
  const container = [...json("ENTRYPOINT").slice(2), ...json("CMD")];
  const asked = async (address: string) => {
    const [program, ...args] = probe.map((word) => word.replace("127.0.0.1:4477", address));
    const { success } = await new Deno.Command(program!, { args }).output();
    assert(success, "the health check failed");
    const { status, body } = await fetch(`http://${address}/api/v1/status`);
    await body?.cancel();
    assertEquals(status, 401);
  };
  const codes = await Promise.all(
    [container, exec!.split(" ")].map((words, i) =>
      startAndEnd([...words.map(here(`${folder.path}/${i}`)), "--port", "0"], async (address) => {
        if (i === 0) await asked(address);
      })
    ),
  );
  assertEquals(codes, [0, 0]);
});
