/** A thousand who ask for the same job at once. */
import { assertEquals } from "@std/assert";
import { createRuntime } from "../actors/create_runtime.ts";

/** Submits of one key. */
const count = 1_000;

Deno.test("duplicates: 1,000 submits with one key over HTTP are one job that runs once", async () => {
  const [data, cwd] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  await using runtime = await createRuntime({ data, config: { commands: { roots: [cwd] } } });
  const body = JSON.stringify({ command: ["mktemp", "-p", cwd], cwd });
  const headers = { "content-type": "application/json", "idempotency-key": "import-42" };
  const submit = async () => {
    const request = new Request("http://localhost/api/v1/jobs?wait=30s", {
      method: "POST",
      headers,
      body,
    });
    const response = await runtime.fetch(request);
    const { jobs: [job] } = await response.json();
    return { status: response.status, ...job };
  };
  const all = await Promise.all(Array.from({ length: count }, submit));
  assertEquals(new Set(all.map(({ id, status, state }) => `${id} ${status} ${state}`)).size, 1);
  assertEquals(all[0].state, "done");
  assertEquals(all.filter(({ duplicate }) => duplicate).length, count - 1);
  assertEquals([...Deno.readDirSync(cwd)].length, 1);
  await runtime.close();
  await Promise.all([data, cwd].map((folder) => Deno.remove(folder, { recursive: true })));
});
