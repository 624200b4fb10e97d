import { assertEquals, assertThrows } from "@std/assert";
import { commandGrant, describeGrant, learningGrant, taskGrant } from "../actors/grant.ts";
import { homeOf } from "../actors/home.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Permissions } from "../task.ts";

const taskModule = decodeURIComponent(new URL("../task.ts", import.meta.url).pathname);
const denied = ["--deny-run", "--deny-ffi", "--deny-import"];
const unasked = ["--deny-env", "--deny-sys", ...denied];
const closed = { paths: ["/p/.data", "/p/outer"], hosts: ["127.0.0.1:4477", "[::]:4477"] };

const flagsOf = (permissions: Permissions, root = "/p") => taskGrant(root, null, permissions).flags;

Deno.test("grant: a task that asks for nothing may read its project and nothing else", () => {
  assertEquals(flagsOf({}), [`--allow-read=/p,${taskModule}`, ...unasked]);
  const none = { read: [], write: [], net: [], env: [], sys: [] };
  assertEquals(flagsOf(none), flagsOf({}));
});

Deno.test("grant: what a task asks for becomes flags, true as all of it", () => {
  const some = {
    read: ["/d"],
    write: ["/o"],
    net: ["h:80", "10.0.0.1"],
    env: ["A"],
    sys: ["cpus"],
  };
  assertEquals(flagsOf(some), [
    `--allow-read=/p,${taskModule},/d`,
    "--allow-write=/o",
    "--allow-net=h:80,10.0.0.1",
    "--allow-env=A",
    "--allow-sys=cpus",
    ...denied,
  ]);
  const all = flagsOf({ read: true, write: true, net: true, env: true, sys: true });
  assertEquals(all.filter((flag) => !flag.startsWith("--deny-net=")), [
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-sys",
    ...denied,
  ]);
});

Deno.test("grant: relative paths lie in the project, and may lead out of it", () => {
  const paths: Record<string, string> = {
    "data": "/my p/data",
    "./data/": "/my p/data",
    ".": "/my p",
    "..": "/",
    "../other": "/other",
    "a b/ü": "/my p/a b/ü",
    "100%": "/my p/100%",
    "a#b?c": "/my p/a#b?c",
    "a%20b": "/my p/a%20b",
    "a:b": "/my p/a:b",
    "/absolute/../as/given/": "/as/given",
  };
  for (const [given, path] of Object.entries(paths)) {
    assertEquals(flagsOf({ write: [given] }, "/my p")[1], `--allow-write=${path}`, given);
  }
});

Deno.test("grant: a root with letters of URLs in it is still that folder", () => {
  for (const root of ["/a#b", "/a?b", "/a%20b", "/100%", "/ü"]) {
    assertEquals(flagsOf({ write: ["x"] }, root)[1], `--allow-write=${root}/x`);
  }
});

Deno.test("grant: a path with a comma is refused, as Deno would take it for two", () => {
  const refused = [
    () => flagsOf({ read: ["a,b"] }),
    () => flagsOf({ write: ["/c,d"] }),
    () => flagsOf({}, "/x,y"),
    () => describeGrant("/x,y", null),
    () => taskGrant("/p", null, {}, { paths: ["/p/o,ut"], hosts: [] }),
  ];
  for (const grant of refused) {
    const refusal = assertThrows(grant, Refusal, "a comma in a path");
    assertEquals(refusal.code, "invalid_permissions");
  }
});

Deno.test("grant: permissions that are none are refused by name", () => {
  for (const name of ["read", "write", "net", "env", "sys"] as const) {
    for (const given of ["x", false, null, 1, {}, [1], [null], [""], [["x"]]]) {
      const refusal = assertThrows(
        () => taskGrant("/p", null, { [name]: given } as Permissions),
        Refusal,
        `Cannot grant permissions.${name} as it must be true or a list of texts: it is `,
      );
      assertEquals(refusal.code, "invalid_permissions");
    }
  }
});

Deno.test("grant: equal wishes share workers, other wishes, configurations or roots don't", () => {
  const key = (root: string, config: string | null, permissions: Permissions) =>
    taskGrant(root, config, permissions).key;
  const keys = [
    key("/p", null, {}),
    key("/q", null, {}),
    key("/p", "/p/deno.json", {}),
    key("/p", null, { net: ["a"] }),
    key("/p", null, { net: true }),
    key("/p", null, { read: ["a"] }),
    key("/p", null, { write: ["a"] }),
    // No way to look like one that asked for more.
    key("/p", null, { read: ["a --allow-net=a"] }),
    describeGrant("/p", null).key,
    commandGrant.key,
  ];
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(key("/p", null, { net: ["a"] }), key("/p", null, { net: ["a"] }));
});

Deno.test("grant: a describing worker reads its project alone, a command worker starts programs", () => {
  const { kind, flags, config } = describeGrant("/p", "/p/deno.json");
  assertEquals([kind, config], ["describe", "/p/deno.json"]);
  assertEquals(flags, [`--allow-read=/p,${taskModule}`, ...unasked]);
  assertEquals([commandGrant.kind, commandGrant.config], ["command", null]);
  assertEquals(commandGrant.flags.filter((flag) => flag.startsWith("--deny")), []);
});

Deno.test("grant: all of the net is not this machine, nor what stands behind its router", () => {
  const flags = flagsOf({ net: true });
  const left = flags.find((flag) => flag.startsWith("--deny-net="))!.slice(11).split(",");
  for (const inner of ["localhost", "0.0.0.0/8", "127.0.0.0/8", "[::]", "[::1]", "10.0.0.0/8"]) {
    assertEquals(left.includes(inner), true, inner);
  }
  for (const inner of ["172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]) {
    assertEquals(left.includes(inner), true, inner);
  }
  assertEquals(
    flagsOf({ net: ["127.0.0.1"] }).some((flag) => flag.startsWith("--deny-net")),
    false,
  );
});

Deno.test("grant: what is ours is closed, whatever is asked for", () => {
  const paths = "/p/.data,/p/outer";
  const all = taskGrant("/p", null, { read: true, write: ["."], net: ["127.0.0.1"] }, closed).flags;
  assertEquals(all, [
    "--allow-read",
    `--deny-read=${paths}`,
    "--allow-write=/p",
    `--deny-write=${paths}`,
    "--allow-net=127.0.0.1",
    "--deny-net=127.0.0.1:4477,[::]:4477",
    ...unasked,
  ]);
  const none = [`--allow-read=/p,${taskModule}`, `--deny-read=${paths}`, ...unasked];
  assertEquals(taskGrant("/p", null, {}, closed).flags, none);
  assertEquals(describeGrant("/p", null, closed).flags, none);
  const { flags, audit } = learningGrant(null, closed, "/audit");
  assertEquals(audit, "/audit");
  const shut = [`--deny-read=${paths}`, `--deny-write=${paths}`, ...denied];
  for (const flag of [...shut, "--deny-net=127.0.0.1:4477,[::]:4477"]) {
    assertEquals(flags.includes(flag), true, flag);
  }
});

Deno.test("grant: our own modules may be read on this machine, or imported from their host alone", () => {
  const homes = {
    "file:///my%20code/task.ts": { read: ["/my code/task.ts"], imports: "--deny-import" },
    "https://jsr.io/@flyball/flyball/1.0.0/task.ts": {
      read: [],
      imports: "--allow-import=jsr.io:443",
    },
    "http://127.0.0.1:8000/task.ts": { read: [], imports: "--allow-import=127.0.0.1:8000" },
    "http://[::1]/task.ts": { read: [], imports: "--allow-import=[::1]:80" },
  };
  for (const [module, home] of Object.entries(homes)) assertEquals(homeOf(module), home);
});
