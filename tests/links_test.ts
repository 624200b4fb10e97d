import { assertEquals, assertThrows } from "@std/assert";
import { closedPaths, leadsOut } from "../actors/host.ts";
import { Refusal } from "../actors/runtime.ts";
import { tempFolder } from "./live.ts";

/** A project with `links`, by path in it, and the folder beside it. */
async function project(links: Readonly<Record<string, string>>) {
  const folder = await tempFolder();
  const path = await Deno.realPath(folder.path);
  const root = `${path}/project`;
  for (const name of ["project/a/b", "project/data", "other"]) {
    await Deno.mkdir(`${path}/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${root}/a/file`, "ours");
  await Deno.writeTextFile(`${path}/other/file`, "theirs");
  for (const [name, target] of Object.entries(links)) {
    await Deno.symlink(target.replace("OTHER", `${path}/other`), `${root}/${name}`);
  }
  const close = () => folder[Symbol.asyncDispose]();
  return { root, other: `${path}/other`, [Symbol.asyncDispose]: close };
}

Deno.test("links: those that stay in the project stay open", async () => {
  await using it = await project({ "to-file": "a/file", "a/up": "..", "to-b": "a/b" });
  assertEquals(closedPaths(it.root, []), []);
});

Deno.test("links: those that lead out or nowhere are closed, wherever they lie", async () => {
  await using it = await project({ "out": "OTHER", "a/b/file": "OTHER/file", "lost": "nowhere" });
  assertEquals(closedPaths(it.root, []), ["a/b/file", "lost", "out"].map((x) => `${it.root}/${x}`));
});

Deno.test("links: so are second ways to what is closed", async () => {
  await using it = await project({
    "a/b/out": "OTHER",
    "to-b": "a/b",
    "to-a": "a",
    "chain": "to-b",
    "to-file": "a/file",
    "my-data": "data",
  });
  const paths = ["a/b/out", "chain", "data", "my-data", "to-a", "to-b"];
  const shut = `${it.root}/data`;
  assertEquals(closedPaths(it.root, [shut]), paths.map((path) => `${it.root}/${path}`));
});

Deno.test("links: too many of them are refused with the way out", async () => {
  const many = Array.from({ length: 501 }, (_, i) => [`l${i}`, "OTHER"]);
  await using it = await project(Object.fromEntries(many));
  const refusal = assertThrows(() => closedPaths(it.root, []), Refusal, "more than 500 links");
  assertEquals(refusal.code, "unsafe_project");
});

Deno.test("links: a path of the project is told where it really is when that is outside", async () => {
  await using it = await project({ "out": "OTHER", "to-a": "a" });
  assertEquals(leadsOut(it.root, `${it.root}/out`), it.other);
  assertEquals(leadsOut(it.root, `${it.root}/out/file`), `${it.other}/file`);
  for (const path of ["", "/a", "/to-a/file", "/none"]) {
    assertEquals(leadsOut(it.root, it.root + path), null, path);
  }
  assertEquals(leadsOut(it.root, it.other), null, "it was named as such");
});
