import { assertEquals } from "@std/assert";

const checkout = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const example = `${checkout}/examples/embed`;

Deno.test("embedding: another project runs tasks and commands through links", async () => {
  const project = await Deno.makeTempDir();
  try {
    const config = JSON.parse(await Deno.readTextFile(`${example}/deno.json`));
    const text = JSON.stringify({ ...config, links: [checkout] });
    await Deno.writeTextFile(`${project}/deno.json`, text);
    await Deno.mkdir(`${project}/tasks`);
    for (const path of ["main.ts", "tasks/hash.ts"]) {
      await Deno.copyFile(`${example}/${path}`, `${project}/${path}`);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "main.ts"],
      cwd: project,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const paths = ["deno.json", "main.ts", "tasks/hash.ts"];
    const expected = await Promise.all(paths.map(async (path) => {
      const digest = await crypto.subtle.digest(
        "SHA-256",
        await Deno.readFile(`${project}/${path}`),
      );
      return `${new Uint8Array(digest).toHex()}  ${path}`;
    }));
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(lines, [...expected, "and a command"]);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});
