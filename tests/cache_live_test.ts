/** The result cache over real workers, a real store and real files. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { createRuntime, taskFile } from "../mod.ts";
import { beside, fixedAt, tempFolder } from "./live.ts";
import { until } from "./until.ts";

Deno.test("cache: the second of two identical jobs is not run, and its record says so", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/file`;
  const tasks = {
    kept: taskFile<typeof import("./tasks/kept.ts")>(beside("./tasks/kept.ts")),
  };
  const config = {
    ...fixedAt(1),
    operations: { cat: { cache: { keep: true, files: ["command"] } } },
  };
  await Deno.writeTextFile(path, "one");
  const ids: string[] = [];
  {
    await using runtime = await createRuntime({ tasks, config, data: `${folder.path}/data` });
    const submit = async (cache?: false) => {
      const spec = { task: "kept", input: { path }, ...(cache === undefined ? {} : { cache }) };
      const { id } = await runtime.submit(spec);
      ids.push(id);
      return (await runtime.wait(id, 30_000))!.outcome!;
    };
    const first = await submit();
    const second = await submit();
    assertEquals([first.cache, second.cache, second.worker], [undefined, "hit", null]);
    assertEquals(second.output, first.output);
    assertNotEquals((await submit(false)).output, first.output);
    assertEquals(await runtime.run("kept", { path }), first.output, "and for who waits for it");
    // The same size, and the times of before, but for that of the change, in seconds.
    const { atime, mtime, ctime } = await Deno.stat(path);
    await until(() => Date.now() >= ctime!.getTime() + 1_000);
    await Deno.writeTextFile(path, "two");
    await Deno.utime(path, atime!, mtime!);
    const changed = await submit();
    assertEquals([changed.cache, String(changed.output).slice(0, 3)], [undefined, "two"]);

    const command = async () => await runtime.command(["cat", path]);
    assertEquals((await command()).cache, undefined);
    const again = await command();
    assertEquals([again.cache, again.exitCode, again.stdout], ["hit", 0, "two"]);
    await Deno.writeTextFile(path, "three");
    assertEquals((await command()).stdout, "three");

    // A result is kept when its files were looked at once more.
    await until(() => runtime.status().cache.entries === 4);
    const { cache, ended } = runtime.status();
    assertEquals([cache.hits, cache.misses], [3, 4]);
    assertEquals(ended.done, 8);
    await runtime.config.patch({ cache: { bytesMax: 0 } });
    const { entries, bytesMax } = runtime.status().cache;
    assertEquals([entries, bytesMax, (await command()).cache], [0, 0, undefined]);
  }
  await using runtime = await createRuntime({ tasks, config, data: `${folder.path}/data` });
  const records = await Promise.all(ids.map((id) => runtime.job(id)));
  assertEquals(records.map((job) => job!.outcome!.cache), [undefined, "hit", undefined, undefined]);
});
