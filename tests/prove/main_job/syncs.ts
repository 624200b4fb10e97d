/**
 * What is acknowledged is on disk, as the system sees it.
 *
 * @module
 */
import { exactly, type Row } from "../row.ts";

const test = new URL("../../durability_test.ts", import.meta.url).pathname;

/** Checks of the durability test, all of which must have run: without strace it leaves some out. */
export const syncRows: readonly Row[] = [{
  line: "fsync before acknowledge, as strace sees it: checks that fail or are left out",
  run: async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", test],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const summary = /(\d+) passed .*?\| (\d+) failed(?: .*?\| (\d+) ignored)?/.exec(text);
    if (summary === null) throw new Error(`The durability test did not end: ${text.slice(-500)}`);
    const [, passed, failed, ignored = "0"] = summary;
    const detail = `${passed} passed` + (ignored === "0" ? "" : `, ${ignored} left out: no strace`);
    const missing = passed === "0" ? 1 : 0;
    return exactly(Number(failed) + Number(ignored) + missing, 0, "checks", detail);
  },
}];
