import { assertEquals } from "@std/assert";

const adapter = new URL("../bench/adapter.ts", import.meta.url).href;
const harness = `
const { create } = await import(Deno.args[0]);
const pool = await create({ min: 1, max: 1, slots: 0 });
const answers = [];
for (const [name, argument] of JSON.parse(Deno.args[1])) answers.push(await pool.run(name, argument));
answers.push(pool.size());
await pool.close();
console.log(JSON.stringify(answers));
`;

/** Runs the harness in a project of its own; returns what the pool answered. */
async function drive(project: Record<string, string>, jobs: [string, unknown][]) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries({ ...project, "harness.mjs": harness })) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "harness.mjs", adapter, JSON.stringify(jobs)],
      cwd: folder,
    }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("adapter: runs every workload for a harness with another import map", async () => {
  const imports = { zod: "npm:zod@3.23.8", "@flyball/flyball": "./another.ts" };
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "abc");
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const answers = await drive({ "deno.json": JSON.stringify({ imports }) }, [
    ["noop", 17],
    ["cpu", 1],
    ["nap", 1],
    ["block", 1],
    ["scan", file],
    ["scanMany", [file, file]],
    ["slowScan", file],
  ]);
  await Deno.remove(file);
  const cpu = xorshift(0x9e3779b9 | 0);
  assertEquals(answers, [17, cpu, null, 1, digest, [digest, digest], digest, 1]);
});

Deno.test("adapter: runs for a harness with a package.json and nothing else", async () => {
  const project = { "package.json": JSON.stringify({ private: true, type: "module" }) };
  assertEquals(await drive(project, [["noop", "a"]]), ["a", 1]);
});

function xorshift(state: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  return state ^ state << 5;
}
