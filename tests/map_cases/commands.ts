/**
 * Commands with a shell and without, and their output.
 *
 * @module
 */
import type { MapCase } from "./map_case.ts";

/** Its cases. */
export const commands: readonly MapCase[] = [
  {
    name: "without a command each line is one",
    args: ["-k"],
    input: "echo a\n\necho 'b  c'  d\n",
    stdout: "a\nb  c d\n",
  },
  {
    name: "without a command each line is a text for a shell",
    args: ["-k", "--shell"],
    input: "echo a | tr a b\n# nothing\nfor i in 1 2; do echo $i; done\n",
    stdout: "b\n1\n2\n",
  },
  {
    name: "a line for a shell fails where there is none",
    args: ["-k"],
    input: "echo a | cat\necho b\n",
    stdout: "b\n",
    stderr: /line 1: cannot start it without a shell: \| .* use: map --shell/,
    code: 1,
    parallel: { because: "always has a shell", stdout: "a\nb\n", code: 0 },
  },
  {
    name: "--shell: pipes, variables and several commands",
    args: ["--shell", "-k", "--", "v={}; echo $v | wc -c; exit 0"],
    input: "ab\nc\n",
    stdout: "3\n2\n",
  },
  {
    name: "commands have no stdin",
    args: ["-k", "--shell", "-a", "f", "--", "cat; echo {}"],
    files: { f: "a\nb\n" },
    stdout: "a\nb\n",
  },
  {
    name: "-k: the order of the lines, whatever ends first",
    args: ["--shell", "-k", "-j", "3", "--", "sleep {}; echo {}"],
    input: "0.3\n0.1\n0\n",
    stdout: "0.3\n0.1\n0\n",
  },
  {
    name: "output is not mixed, and stderr goes to stderr",
    args: ["--shell", "-j", "4", "--", "echo {}; echo e{} >&2; sleep 0.05; echo {}"],
    input: "a\nb\nc\n",
    stdout: "a\na\nb\nb\nc\nc\n",
    stderr: /^(e[abc]\n){3}$/,
  },
  {
    name: "--tag: the line before each line of output",
    args: ["--shell", "-k", "--tag", "--", "printf '1\\n2\\n'; printf {}"],
    input: "a\nb\n",
    stdout: "a\t1\na\t2\na\tab\t1\nb\t2\nb\tb",
  },
  {
    name: "--tagstring: a text with places",
    args: ["-k", "--tagstring", "{#}.{/}", "--", "echo", "{}"],
    input: "x/a\nb\n",
    stdout: "1.a\tx/a\n2.b\tb\n",
  },
  {
    name: "--dry-run: prints the commands, runs none",
    args: ["-k", "--dry-run", "--", "touch", "{}.x"],
    input: "a\nb c\n",
    stdout: "touch a.x\ntouch 'b c.x'\n",
  },
];
