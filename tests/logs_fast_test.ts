/** Many lines of a log: they are as clean as few, and the loop turns between them. */
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import { logSchema } from "../actors/log_config.ts";
import { redactor } from "../cli/log/redact.ts";
import { ServiceLog } from "../cli/log/service_log.ts";
import type { Outcome } from "../messages/outcome.ts";
import { told } from "./feed.ts";
import { readLine } from "./log_lines.ts";
import { jobOf } from "./orders.ts";
import { settled } from "./until.ts";

Deno.test("logs: a line that is looked at once is as clean as one that is looked at field by field", () => {
  const secrets = {
    names: ["PIN", 'geheim"nis'],
    env: { MY_TOKEN: 't0ps3cret\\"value', PATH: "/usr/bin:/bin" },
    values: ["the.token+of(callers"],
  };
  const text = redactor(secrets);
  const each = [
    ...["apiToken", "secret", "userPass", "passwd", "Authorization", "Cookie", "credentials"],
    ...["api_key", "pin", 'GEHEIM"NIS'],
  ].map((name) => ({ [name]: "hidden" }));
  const said = ["Bearer abcdefgh12345", "ftp://me:pw@host", 'is t0ps3cret\\"value'];
  for (const fields of [...each, ...said.map((message) => ({ message }))]) {
    assert(text(fields).includes("[redacted]"), JSON.stringify(fields));
  }
  const pieces = fc.constantFrom(
    ...[
      "password=",
      "Bearer ",
      "abcdefgh12345",
      "https://me:",
      "pw@host",
      't0ps3cret\\"value',
      "\n",
    ],
    ...["the.token+of(callers", " ", '"', "API_KEY: x", "CooKie=1", "plain", "é", "\u0130"],
  );
  const words = fc.array(pieces, { maxLength: 5 }).map((all) => all.join(""));
  const name = fc.oneof(words, fc.constantFrom("pin", 'Geheim"nis', "keys", "apiToken", "a"));
  const record = fc.dictionary(name, fc.oneof(words, fc.integer(), fc.constant(null)));
  fc.assert(
    fc.property(record, (fields) => {
      // What has a hint in it is looked at field by field.
      const { hinted } = JSON.parse(text({ hint: "://", hinted: fields }));
      assertEquals(JSON.parse(text(fields)), hinted);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("logs: twenty thousand jobs that ended at once are that many lines, and the loop turns between", async () => {
  const { journal, runtime } = told();
  const lines: string[] = [];
  const log = new ServiceLog(logSchema.parse({ level: "debug" }), {
    runtime,
    address: "127.0.0.1:1",
    standard: (text) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
    env: {},
    secrets: [],
  });
  await settled();
  const outcome = { type: "done", attempts: 1, waitMs: 1, durationMs: 2 } as Outcome;
  const count = 20_000;
  for (let id = 1; id <= count; id++) journal.ended(jobOf(id), outcome);
  const seen = new Set<number>();
  let isOver = false;
  const watch = () => {
    seen.add(lines.length);
    if (!isOver) setImmediate(watch);
  };
  watch();
  await log.close();
  isOver = true;
  assertEquals(lines.length, count);
  assert(seen.size > 5, `${seen.size} turns`);
  assertEquals(new Set(lines.map((line) => readLine(line).task_id)).size, count);
});
