import { assertEquals, assertThrows } from "@std/assert";
import { commandGrant, describeGrant, taskGrant } from "../actors/grant.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Permissions } from "../task.ts";

const taskModule = decodeURIComponent(new URL("../task.ts", import.meta.url).pathname);
const denied = ["--deny-run", "--deny-ffi", "--deny-import"];

const flagsOf = (permissions: Permissions, root = "/p") => taskGrant(root, null, permissions).flags;

Deno.test("grant: a task that asks for nothing may read its project and nothing else", () => {
  assertEquals(flagsOf({}), [`--allow-read=/p,${taskModule}`, ...denied]);
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
  assertEquals(flagsOf({ read: true, write: true, net: true, env: true, sys: true }), [
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

Deno.test("grant: a comma in a path does not end it", () => {
  const flags = flagsOf({ read: ["a,b", "/c,d"], write: ["e,f"] }, "/x,y");
  assertEquals(flags[0], `--allow-read=/x,,y,${taskModule},/x,,y/a,,b,/c,,d`);
  assertEquals(flags[1], "--allow-write=/x,,y/e,,f");
  const described = describeGrant("/x,y", null).flags[0];
  assertEquals(described, `--allow-read=/x,,y,${taskModule}`);
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

Deno.test("grant: a describing worker reads its project alone, a command worker loads no code", () => {
  const { kind, flags, config } = describeGrant("/p", "/p/deno.json");
  assertEquals([kind, config], ["describe", "/p/deno.json"]);
  assertEquals(flags, [`--allow-read=/p,${taskModule}`, ...denied]);
  assertEquals([commandGrant.kind, commandGrant.config], ["command", null]);
  assertEquals(commandGrant.flags.includes("--deny-ffi"), true);
});
