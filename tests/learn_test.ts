/** What a task needs, learned from one run and tried out with real workers. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRuntime, taskFile } from "../mod.ts";
import type { Permissions } from "../task.ts";
import { flyball } from "./command_line.ts";
import { fixedAt, tempFolder } from "./live.ts";

/** A task that needs one of each, and tells them apart in what it gives. */
const needy = (permissions: string, outside: string, port: number) =>
  `export default {
  kind: "flyball.task",
  ${permissions}
  run: async () => {
    (await Deno.connect({ hostname: "127.0.0.1", port: ${port} })).close();
    Deno.writeTextFileSync(${JSON.stringify(`${outside}/written`)}, "x");
    return [
      Deno.readTextFileSync(${JSON.stringify(`${outside}/it's "here"`)}),
      typeof Deno.env.get("HOME"),
      typeof Deno.hostname(),
    ];
  },
};
`;

/** All grants that lack one thing of this one, by what they lack. */
function lessByOne(all: Permissions): Record<string, Permissions> {
  const less: Record<string, Permissions> = {};
  for (const [kind, given] of Object.entries(all) as [keyof Permissions, readonly string[]][]) {
    given.forEach((one, i) => {
      less[`${kind} ${one}`] = { ...all, [kind]: given.toSpliced(i, 1) };
    });
  }
  return less;
}

Deno.test("learn: the least grant of one run is enough, and with one thing less it is not", async () => {
  await using folder = await tempFolder();
  const path = await Deno.realPath(folder.path);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const write = async (name: string, permissions: string) => {
    const file = `${path}/tasks/${name}.ts`;
    await Deno.writeTextFile(file, needy(permissions, path, port));
    return taskFile(`file://${file}`);
  };
  await Deno.mkdir(`${path}/tasks`);
  await Deno.writeTextFile(`${path}/tasks/deno.json`, "{}");
  await Deno.writeTextFile(`${path}/it's "here"`, "read");

  await write("needy", "");
  const denied = await flyball(["run", "needy"], { cwd: path });
  assertMatch(denied.stderr, /NotCapable: Requires net access/);
  const { code, stdout, stderr } = await flyball(["run", "needy", "--learn"], { cwd: path });
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /needy\.ts runs once with all permissions/);
  const literal = stdout.trim();
  const module = await import(
    `data:text/javascript,export default {${encodeURIComponent(literal)}}`
  );
  const { permissions } = module.default as { permissions: Permissions };
  assertEquals(permissions, {
    read: [`${path}/it's "here"`],
    write: [`${path}/written`],
    net: [`127.0.0.1:${port}`],
    env: ["HOME"],
    sys: ["hostname"],
  });

  const less = Object.entries(lessByOne(permissions));
  const tasks = Object.fromEntries([
    ["all", await write("all", literal)],
    ...await Promise.all(less.map(async ([, grant], i) => {
      return [`less${i}`, await write(`less${i}`, `permissions: ${JSON.stringify(grant)},`)];
    })),
  ]);
  await using runtime = await createRuntime({ tasks, config: fixedAt(2) });
  assertEquals(await runtime.run("all", null), ["read", "string", "string"]);
  for (const [i, [lacking]] of less.entries()) {
    const accepted = await runtime.submit({ task: `less${i}`, input: null });
    const view = await runtime.wait(accepted.id, 30_000);
    const { code, message } = view!.outcome!;
    assertEquals(code, "permission_denied", lacking);
    assert(message!.includes(`Requires ${lacking.split(" ")[0]} access`), message);
  }
});
