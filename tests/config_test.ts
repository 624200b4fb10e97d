import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { composeConfig, type Config } from "../actors/config.ts";
import { merge } from "../actors/config_tree.ts";
import { nearest } from "../actors/nearest.ts";
import { presets } from "../actors/presets.ts";
import { Refusal } from "../actors/runtime.ts";
import { workersRange } from "../actors/workers_range.ts";
import { loadConfigEnv } from "../cli/config_env.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { parseSetting } from "../cli/config_text.ts";

function compose(values: unknown): Config {
  return composeConfig([{ name: "test", values }]);
}

function problems(fn: () => unknown): string[] {
  const refusal = assertThrows(fn, Refusal);
  assertEquals(refusal.code, "invalid_config");
  return refusal.issues.map(({ message }) => message);
}

Deno.test("config: nothing given is the documented defaults", () => {
  const config = composeConfig([]);
  assertEquals(config.server, {
    host: "127.0.0.1",
    port: 4477,
    tokenFile: null,
    tokensFile: null,
    allowedHosts: [],
  });
  assertEquals(config.store, { engine: "sqlite" });
  assertEquals(config.queue, { engine: "flyball", jobsMax: 1_000_000, bytesMax: 2 ** 30 });
  assertEquals(config.commands, { allow: true, shell: false, roots: ["."] });
  assertEquals(compose({ commands: { shell: true } }).commands.shell, true);
  assertEquals(config.pools.default.workers, { min: 1, max: null });
  assertEquals(config.pools.default.slots, { max: 1_024, commands: 16 });
  assertEquals(config.jobs, {
    timeoutMs: 3_600_000,
    learntTimeout: null,
    retries: 0,
    queueTimeouts: { highMs: null, normalMs: null, lowMs: null },
    retention: { doneMs: 86_400_000, otherMs: 1_209_600_000, rows: 100_000 },
  });
});

Deno.test("config: every preset is valid and can be overridden key by key", () => {
  for (const preset of Object.keys(presets)) {
    const config = compose({ preset, pools: { default: { workers: { max: 7 } } } });
    assertEquals(config.preset, preset);
    assertEquals(config.pools.default.workers.max, 7);
  }
  assertEquals(compose({ preset: "plan" }).pools.default.workers, { min: 2, max: 10 });
  assertEquals(compose({ preset: "classic" }).pools.default.policy.name, "classic");
});

Deno.test("config: limits by key are laid over the usual ones, key by key", () => {
  const usual = {
    "project:*": { each: 1, keys: 5 },
    "agent:*": { each: 50, keys: null },
    "host:*": { each: 20, keys: null },
  };
  for (const preset of Object.keys(presets)) assertEquals(compose({ preset }).limits, usual);
  assertEquals(compose({ limits: { "project:*": { each: 2 }, "host:a.b": { each: 3 } } }).limits, {
    ...usual,
    "project:*": { each: 2, keys: 5 },
    "host:a.b": { each: 3, keys: null },
  });
  assertEquals(
    compose({ limits: { "project:*": { each: null, keys: null } } }).limits["project:*"],
    {
      each: null,
      keys: null,
    },
  );
  assertEquals(problems(() => compose({ limits: { "host:*": { each: 0 }, "*": { each: 1 } } })), [
    "test limits.host:*.each: expected >= 1, given 0",
    'test limits.*: expected a key (scope:name), or what some begin with and a star (scope:*), given {"each":1}',
  ]);
});

Deno.test("config: the preset's policy options do not leak into another policy", () => {
  assertEquals(
    merge({ policy: { name: "plan", stepMax: 3 } }, { policy: { name: "fixed" } }),
    { policy: { name: "fixed" } },
  );
});

Deno.test("config: later sources win and messages name the source that was wrong", () => {
  const file = parseConfig("flyball.yaml", "server: { port: 1000, host: localhost }\n");
  const { sources } = loadConfigEnv({ FLYBALL_PORT: "2000" });
  const config = composeConfig([file, ...sources, parseSetting("server.port=3000")]);
  assertEquals([config.server.port, config.server.host], [3000, "localhost"]);
  assertEquals(problems(() => composeConfig([file, parseSetting("server.port=x")])), [
    '--set server.port: expected a number, given "x"',
  ]);
});

Deno.test("config: quantities carry their unit", () => {
  const config = compose({
    queue: { bytesMax: "2MiB" },
    jobs: { timeoutMs: "10m", retention: { doneMs: "2h" } },
  });
  assertEquals(config.queue.bytesMax, 2 ** 21);
  assertEquals([config.jobs.timeoutMs, config.jobs.retention.doneMs], [600_000, 7_200_000]);
  assertEquals(problems(() => compose({ jobs: { timeoutMs: "10" } })), [
    'test jobs.timeoutMs: expected a duration such as "10m" or a number of ms, given "10" ' +
    "(a text needs a unit)",
  ]);
  assert(problems(() => compose({ jobs: { timeoutMs: "400d" } }))[0]!.includes("24.8 days"));
  const ratio = { pools: { default: { policy: { name: "governor", cpuHighRatio: 80 } } } };
  assert(problems(() => compose(ratio))[0]!.includes("cpuHighRatio: expected a ratio 0..1"));
});

Deno.test("config: a minimum above the maximum names both paths and values", () => {
  const text = [
    "server:",
    "  prt: 1",
    "pools:",
    "  default:",
    "    workers: { min: 8, max: 4 }",
  ].join("\n");
  assertEquals(problems(() => composeConfig([parseConfig("flyball.yaml", text)])), [
    "flyball.yaml:2:3 server.prt: unknown key; did you mean server.port?",
    "flyball.yaml:5:21 pools.default.workers.min (8) must be <= pools.default.workers.max (4)",
  ]);
});

Deno.test("config: each problem says line, column, path, what was expected and given", () => {
  const text = 'pools:\n  default:\n    workers:\n      max: "many"\nstore: { engine: paper }\n';
  assertEquals(problems(() => composeConfig([parseConfig("flyball.yaml", text)])), [
    'flyball.yaml:5:18 store.engine: expected one of sqlite, memory, given "paper"',
    'flyball.yaml:4:12 pools.default.workers.max: expected a number, given "many"',
  ]);
});

Deno.test("config: of an unknown key below a free name the known ones are told", () => {
  const operations = { hash: { limits: { memory: 1, zone: 1 } }, ls: { limit: {} } };
  assertEquals(problems(() => compose({ operations })), [
    "test operations.hash.limits.memory: unknown key; " +
    "did you mean operations.hash.limits.memoryBytes?",
    "test operations.hash.limits.zone: unknown key; " +
    "known keys: memoryBytes, cpuCores, openFiles, nice, ioClass, ioRatio, affinity",
    "test operations.ls.limit: unknown key; did you mean operations.ls.limits?",
  ]);
});

Deno.test("config: what does not exist yet is refused with a clear line", () => {
  assertEquals(problems(() => compose({ queue: { engine: "bullmq" } })), [
    'test queue.engine: "bullmq" is not available in this version',
  ]);
});

Deno.test("config: each policy checks its own options, with units and hints", () => {
  const policy = (options: object) => ({ pools: { default: { policy: options } } });
  const plan = compose(policy({ name: "plan", cooldownMs: "5m", cpuHighRatio: "60%" }));
  const { cooldownMs, cpuHighRatio } = plan.pools.default.policy;
  assertEquals([cooldownMs, cpuHighRatio], [300_000, 0.6]);
  assertEquals(problems(() => compose(policy({ name: "plan", cooldwnMs: 1 }))), [
    "test pools.default.policy.cooldwnMs: unknown key; " +
    "did you mean pools.default.policy.cooldownMs?",
  ]);
  assertEquals(problems(() => compose(policy({ name: "plan", cpuHighRatio: 75 }))), [
    'test pools.default.policy.cpuHighRatio: expected a ratio 0..1 or a text such as "80%", ' +
    "given 75",
  ]);
  const [unknown] = problems(() => compose(policy({ name: "magic" })));
  assert(unknown!.startsWith("test pools.default.policy.name: expected one of governor, "));
});

Deno.test("config: composing a composed configuration changes nothing", () => {
  for (const preset of Object.keys(presets)) {
    const config = compose({ preset });
    assertEquals(compose(config), config);
  }
});

Deno.test("config: what the schema alone has words for is said in English", () => {
  const [problem] = problems(() => compose({ operations: { "": {} } }));
  assert(problem?.includes("expected string to have >=1 characters, given {}"), problem);
});

Deno.test("config: at most 20 problems are listed", () => {
  const values = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`key${n}`, n]));
  assertEquals(problems(() => compose(values)).length, 20);
});

Deno.test("config: faulty YAML and JSON are refused with line and column", () => {
  const fault = (name: string, text: string) => problems(() => parseConfig(name, text))[0]!;
  assert(fault("flyball.yaml", "a: 1\nb: [1, 2\n").startsWith("flyball.yaml:"));
  assert(fault("flyball.yaml", "a: 1\na: 2\n").startsWith("flyball.yaml:2:1 "));
  assert(fault("c.json", '{\n  "server": tru\n}').startsWith("c.json:2:13 "));
  assert(fault("c.json", '{\n  // why\n  "preset": "plan"\n}').startsWith("c.json:2:3 "));
  assert(fault("c.json", '{ "preset": "plan", }').startsWith("c.json:1:"));
  assertEquals(parseConfig("empty.yaml", "").values, {});
});

Deno.test("config: hostile trees are refused, not followed", () => {
  problems(() => compose(JSON.parse('{"__proto__": {"port": 1}}')));
  problems(() => compose(JSON.parse('{"server": {"__proto__": {"port": 1}}}')));
  problems(() => compose(JSON.parse('{"server":'.repeat(500) + "1" + "}".repeat(500))));
  problems(() => parseConfig("deep.yaml", "[".repeat(200_000)));
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let n = 1; n < 9; n++) {
    const [before, name] = ["abcdefghi"[n - 1], "abcdefghi"[n]];
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
  }
  problems(() => parseConfig("bomb.yaml", bomb.join("\n")));
});

Deno.test("config: a list or a number is no configuration", () => {
  assertEquals(problems(() => compose([1])), ["test: expected a mapping of keys to values"]);
  assertEquals(problems(() => compose(4)), ["test: expected a mapping of keys to values"]);
});

Deno.test("config: the environment reaches every key, ignores empty values and warns", () => {
  const { sources, warnings } = loadConfigEnv({
    FLYBALL_POOLS__DEFAULT__WORKERS__MAX: "8",
    FLYBALL_JOBS__TIMEOUT_MS: "10m",
    FLYBALL_HOST: "::1",
    FLYBALL_JOBS__RETRIES: "",
    FLYBALL_PROT: "1",
    FLYBALL_SEVER__PORT: "1",
    FLYBALL_DATA: "elsewhere",
    FLYBALL_MARK: "1.1/1",
    HOME: "/root",
  });
  const config = composeConfig(sources);
  assertEquals(config.pools.default.workers.max, 8);
  assertEquals(config.jobs.timeoutMs, 600_000);
  assertEquals(config.server.host, "::1");
  assertEquals(warnings, [
    "FLYBALL_JOBS__RETRIES is empty and was ignored",
    "FLYBALL_PROT was ignored: it names no configuration key (did you mean FLYBALL_PORT?)",
    "FLYBALL_SEVER__PORT was ignored: it names no configuration key " +
    "(did you mean FLYBALL_SERVER__…?)",
  ]);
  const wrong = loadConfigEnv({ FLYBALL_POOLS__DEFAULT__WORKERS__MX: "8" });
  assertEquals(problems(() => composeConfig(wrong.sources)), [
    "FLYBALL_POOLS__DEFAULT__WORKERS__MX pools.default.workers.mx: unknown key; " +
    "did you mean pools.default.workers.max?",
  ]);
});

Deno.test("config: --set needs a key and a value", () => {
  for (const text of ["", "a", "=1", ".a=1", "a..b=1"]) {
    assertEquals(assertThrows(() => parseSetting(text), Refusal).code, "usage");
  }
  assertEquals(parseSetting("a.b=x=y").values, { a: { b: "x=y" } });
});

Deno.test("config: composing any JSON gives a configuration or a refusal", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (values) => {
    try {
      compose(values);
    } catch (error) {
      assert(error instanceof Refusal, String(error));
      assert(error.issues.length >= 1 && error.issues.length <= 20);
    }
  }));
});

Deno.test("workersRange: the bounds follow cores and half of the free memory", () => {
  const plenty = 64e9;
  const range = (values: unknown, cores: number, memoryAvailableBytes: number | null) => {
    const { min, max } = workersRange(compose(values).pools.default, {
      cores,
      memoryAvailableBytes,
    });
    return [min, max];
  };
  assertEquals(range({}, 2, plenty), [1, 24]);
  assertEquals(range({}, 16, plenty), [1, 100]);
  assertEquals(range({}, 2, 800_000_000), [1, 10]);
  assertEquals(range({}, 2, 1_000), [1, 1]);
  assertEquals(range({}, 0.5, null), [1, 12]);
  const classic = { preset: "classic" };
  assertEquals([1, 2, 8, 16].map((cores) => range(classic, cores, plenty)), [
    [4, 12],
    [4, 24],
    [8, 96],
    [16, 100],
  ]);
  const wide = compose({ pools: { default: { workers: { min: 8, max: 100 } } } }).pools.default;
  const { overcommit } = workersRange(wide, { cores: 2, memoryAvailableBytes: 1e9 });
  assertEquals(overcommit, "100 workers of 40 MB need 4000 MB, 1000 MB are free");
});

Deno.test("nearest: offers what was probably meant, and nothing far-fetched", () => {
  assertEquals(nearest("sttore", ["store", "server", "queue"]), ["store"]);
  assertEquals(nearest("ha", ["hash", "cpu"]), []);
  assertEquals(nearest("has", ["hash", "cpu"]), ["hash"]);
  assertEquals(nearest("xyzzy", ["store", "server"]), []);
});
