/** A patch that is saved: the file keeps its comments and its order. */
import { assertEquals } from "@std/assert";
import { edited } from "../cli/save_patch.ts";

const yaml = [
  "# Ours.",
  "log: { level: info } # while it is new",
  "limits:",
  '  "host:a": { each: 3 }',
  '  "host:b": { each: 4 }',
  "",
].join("\n");

Deno.test("config: a saved patch edits what it says and nothing else", () => {
  const patch = {
    log: { level: "debug" },
    limits: { "host:a": null, "host:c": { each: null } },
    jobs: { retries: 2 },
  };
  const text = edited(yaml, { isJson: false }, patch, [["limits", "host:a"]]);
  assertEquals(
    text,
    [
      "# Ours.",
      "log: { level: debug } # while it is new",
      "limits:",
      '  "host:b": { each: 4 }',
      "  host:c:",
      "    each: null",
      "jobs:",
      "  retries: 2",
      "",
    ].join("\n"),
  );
  assertEquals(
    edited("", { isJson: false }, { jobs: { retries: 1 } }, []),
    "jobs:\n  retries: 1\n",
  );
  assertEquals(
    JSON.parse(
      edited('{"jobs": {"retries": 3}}', { isJson: true }, { log: { level: "debug" } }, []),
    ),
    { jobs: { retries: 3 }, log: { level: "debug" } },
  );
});
