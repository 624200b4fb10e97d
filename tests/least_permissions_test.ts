import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { leastPermissions, permissionsLiteral } from "../actors/least_permissions.ts";

const seen = { root: "/p", cwd: "/p/work", temp: "/tmp" };

const audit = (...uses: [permission: string, value: string | null][]) =>
  uses.map(([permission, value]) => JSON.stringify({ v: 1, datetime: "", permission, value }))
    .join("\n");

const least = (...uses: [string, string | null][]) => leastPermissions(audit(...uses), seen);

Deno.test("least permissions: nothing was used, nothing is asked for", () => {
  assertEquals(least(), {});
  assertEquals(permissionsLiteral({}), "permissions: {},");
});

Deno.test("least permissions: the project is read anyway, what lies elsewhere is named", () => {
  const uses = least(["read", "/p/a"], ["read", "b"], ["read", "../../etc/x"], ["read", "/etc/x"]);
  assertEquals(uses, { read: ["/etc/x"] });
});

Deno.test("least permissions: paths of the project are told as they are written in it", () => {
  const uses = least(["write", "out/a"], ["write", "/p"], ["write", "<TMP>"]);
  assertEquals(uses, { write: [".", "/tmp"] }, "what lies in a place that is named needs no name");
  assertEquals(least(["write", "out/a"]), { write: ["work/out/a"] });
});

Deno.test("least permissions: the worker's own way to its parent is not the task's", () => {
  const own: [string, string][] = [["read", "/r/s"], ["write", "/r/s"], ["net", "unix:/r/s"]];
  assertEquals(least(...own, ["net", "a:1"]), { net: ["a:1"] });
  assertEquals(least(...own, ["net", "unix:/other"]), { net: ["unix:/other"] });
  assertEquals(least(...own, ["write", "/r/1.1/1"], ["read", "/r/1.1/1/x"]), { folder: true });
  assertEquals(permissionsLiteral({ folder: true }), "permissions: { folder: true },");
});

Deno.test("least permissions: all of it, where all of it was asked for", () => {
  assertEquals(least(["env", null], ["env", "A"], ["sys", "hostname"]), {
    env: true,
    sys: ["hostname"],
  });
});

Deno.test("least permissions: many files of a folder are that folder, many ports their host", () => {
  const files = Array.from({ length: 17 }, (_, i): [string, string] => ["write", `/d/${i}`]);
  const ports = Array.from({ length: 17 }, (_, i): [string, string] => ["net", `h:${i}`]);
  assertEquals(least(...files, ...ports), { write: ["/d"], net: ["h"] });
  assertEquals(least(...files.slice(1)).write?.toString().split(",").length, 16);
});

Deno.test("least permissions: what is no line of an audit is passed over", () => {
  const torn = `{"v":1}\nnull\n${audit(["read", "/etc/x"], ["run", "id"], ["import", "h"])}\n{"v":`;
  assertEquals(leastPermissions(torn, seen), { read: ["/etc/x"] });
});

Deno.test("least permissions: every place that was used is covered, and each is needed", () => {
  const segment = fc.constantFrom("a", "b", "c", "d");
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => `/${all.join("/")}`);
  fc.assert(fc.property(fc.array(path, { maxLength: 40 }), (paths) => {
    const given = least(...paths.map((one): [string, string] => ["read", one])).read ?? [];
    assert(given !== true);
    const covers = (place: string, one: string) => one === place || one.startsWith(`${place}/`);
    for (const one of paths) assert(given.some((place) => covers(place, one)), one);
    for (const place of given) {
      const others = given.filter((other) => other !== place);
      assert(!paths.every((one) => others.some((other) => covers(other, one))), place);
    }
  }));
});

Deno.test("least permissions: the literal is what goes into a task", () => {
  const literal = permissionsLiteral({ read: ['a "b"'], env: true, net: ["h:1", "i"] });
  assertEquals(literal, 'permissions: { read: ["a \\"b\\""], net: ["h:1", "i"], env: true },');
});
