/** Text for the shell: a capability, off by default, and values that can't become part of it. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createRuntime, Refusal } from "../mod.ts";
import { flyball, inFolder } from "./command_line.ts";
import { serve } from "./serving.ts";

Deno.test("shell: is refused unless it is allowed, and says how", async () => {
  await using runtime = await createRuntime();
  const refusal = (specs: Parameters<typeof runtime.submitAll>[0]) =>
    assertRejects(() => runtime.submitAll(specs), Refusal);
  const one = await refusal([{ shell: "ls" }]);
  assertEquals([one.code, one.issues[0]!.pointer], ["shell_not_allowed", "/jobs/0/shell"]);
  assertStringIncludes(one.message, "commands.shell: true");
  const bulk = await refusal([{ command: ["true"] }, { shell: "ls" }]);
  assertEquals([bulk.code, bulk.issues[0]!.pointer], ["shell_not_allowed", "/jobs/1/shell"]);
  await using closed = await createRuntime({ config: { commands: { allow: false, shell: true } } });
  const none = await assertRejects(() => closed.submit({ shell: "ls" }), Refusal);
  assertEquals([none.code, none.issues[0]!.pointer], ["commands_not_allowed", "/shell"]);
});

/** Values that would do harm as part of a text. */
const hostile = [
  "; touch pwned",
  "$(touch pwned)",
  "`touch pwned`",
  `'"\n\\ && touch pwned #`,
  "--help",
  "ä $HOME *",
];

Deno.test("shell: values come as $1, $2 and as variables, never as text", async () => {
  await using runtime = await createRuntime({ config: { commands: { shell: true } } });
  const { id } = await runtime.submit({
    shell: 'printf "%s\\0" "$@" "$VALUE"; printf "%s\\0" "$0" *; cat; exit 4',
    args: hostile,
    env: { VALUE: hostile[0]! },
    stdin: "fed",
  });
  const job = await runtime.wait(id, 30_000);
  const { outcome } = job!;
  // Nothing was made in its folder: the pattern stands for itself.
  assertEquals(outcome!.stdout!.split("\0"), [...hostile, hostile[0]!, "sh", "*", "fed"]);
  assertEquals([job!.operation, job!.command, job!.shell?.slice(0, 6)], [
    "shell",
    undefined,
    "printf",
  ]);
  assertEquals(
    [outcome!.type, outcome!.code, outcome!.exitCode, outcome!.message],
    ["failed", "exit_nonzero", 4, "the shell exited with 4"],
  );
});

Deno.test("shell: over HTTP it is a right, from the command line an option", async () => {
  await inFolder({}, async (cwd) => {
    const submit = (...args: string[]) => flyball(["submit", ...args], { cwd });
    {
      await using service = await serve(cwd);
      const { status, body } = await service.ask("POST", "/api/v1/jobs", { shell: "ls" });
      assertEquals([status, body.code, body.errors[0].pointer], [
        403,
        "shell_not_allowed",
        "/shell",
      ]);
      const refused = await submit("--shell", "ls");
      assertEquals(refused.code, 77);
      assertStringIncludes(refused.stderr, "commands.shell: true");
    }
    await using _service = await serve(cwd, "--set", "commands.shell=true");
    const said = await submit("--wait", "--shell", 'echo "$2 $1" | tr a-z A-Z', "--", "b", "a;c");
    assertEquals([said.code, said.stdout], [0, "A;C B\n"], said.stderr);
    const both = await submit("--shell", "ls", "hello");
    assertEquals(both.code, 64);
    await Deno.writeTextFile(`${cwd}/job.json`, '{"shell": "echo whole"}');
    const whole = await submit("--wait", "--job", "job.json");
    assertEquals([whole.code, whole.stdout], [0, "whole\n"], whole.stderr);
    assertEquals((await submit("--job", "none.json")).code, 66);
  });
});
