/** Control groups of single jobs: their files hold what was asked for, and nothing that was not. */
import { assert, assertEquals } from "@std/assert";
import { Cgroups } from "../actors/host/cgroup.ts";
import { JobGroups } from "../actors/host/job_groups.ts";
import { readText } from "../actors/host/read_text.ts";
import { weightless } from "../actors/host/weightless.ts";

const cgroups = Cgroups.open();
const groups = typeof cgroups === "string" ? null : new JobGroups(cgroups);

/** What files of a group say, where they are there. */
function told(words: readonly string[], ...files: readonly string[]): readonly string[] {
  // The folders stand after the shell, its text and their number.
  const folders = words.slice(5);
  return files.flatMap((file) => folders.flatMap((folder) => readText(`${folder}/${file}`) ?? []))
    .map((text) => text.trim());
}

Deno.test({
  name: "job groups: the weight at disks is what was asked for, changes, and is lifted again",
  ignore: groups === null || groups.weightless !== null,
  fn: async () => {
    const group = groups!.make({ ioRatio: .25 });
    assert(group !== null);
    assertEquals([group.holdsMemory, group.holdsCpu], [false, false]);
    const weight = () =>
      told(group.words, "io.weight", "io.bfq.weight", "blkio.bfq.weight")
        .map((text) => text.replace("default ", ""));
    assert(weight().length > 0);
    assertEquals(new Set(weight()), new Set(["25"]));
    assertEquals(group.limit({ ioRatio: .7 }), true);
    assertEquals(new Set(weight()), new Set(["70"]));
    assertEquals(group.limit({}), true);
    assertEquals(new Set(weight()), new Set(["100"]));
    group.end();
    await groups!.close();
    assertEquals(weight(), []);
  },
});

Deno.test({
  name: "job groups: a job that asks for nothing a group holds has none",
  ignore: groups === null,
  fn: () => {
    assertEquals(groups!.make({ nice: 3, openFiles: 64, ioClass: "idle" }), null);
    assertEquals(groups!.make({}), null);
  },
});

Deno.test("weights: a disk heeds them by its scheduler or by its model of costs, else it is said why not", () => {
  const over = (files: Record<string, string>) =>
    weightless({
      read: (path) => files[path] ?? null,
      list: (folder) => folder === "/sys/block" ? ["sda", "zram0", "nvme0n1"] : null,
    });
  const scheduler = "/sys/block/nvme0n1/queue/scheduler";
  const because = "no disk has the scheduler bfq, and io.cost is not enabled";
  assertEquals(over({}), because);
  assertEquals(over({ [scheduler]: "none [mq-deadline] kyber bfq\n" }), because);
  assertEquals(over({ [scheduler]: "none mq-deadline kyber [bfq]\n" }), null);
  const model = (enable: number) => ({
    "/sys/fs/cgroup/io.cost.qos": `8:0 enable=${enable} ctrl=auto rpct=0.00\n`,
  });
  assertEquals([over(model(0)), over(model(1))], [because, null]);
});
