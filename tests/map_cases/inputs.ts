/**
 * Where lines come from and where they go in a command.
 *
 * @module
 */
import type { MapCase } from "./map_case.ts";

const paths = "a/b.c.txt\n/x\nplain\nd/\n.hid\na.b/c\n./x\na.b.\n";
const special = 'it\'s\n"q" $HOME `id`\n  two  spaces \na\\b;c|d&e<f>(g)*?[h]#~!%\nä\n';
/** Its cases. */
export const inputs: readonly MapCase[] = [
  {
    name: "{} is the line",
    args: ["-k", "--", "echo", "<{}>"],
    input: "a\nb c\n",
    stdout: "<a>\n<b c>\n",
  },
  {
    name: "the line goes last where there is no {}",
    args: ["-k", "--", "echo", "-"],
    input: "a\nb c\n",
    stdout: "- a\n- b c\n",
  },
  {
    name: "several {}, also within words",
    args: ["-k", "--", "echo", "{}-{}", "x{}x"],
    input: "a\nb\n",
    stdout: "a-a xax\nb-b xbx\n",
  },
  {
    name: "{.} {/} {//} {/.} {#}",
    args: ["-k", "--", "echo", "[{.}] [{/}] [{//}] [{/.}] {#}"],
    input: paths,
    stdout: "[a/b.c] [b.c.txt] [a] [b.c] 1\n[/x] [x] [/] [x] 2\n[plain] [plain] [.] [plain] 3\n" +
      "[d/] [] [.] [] 4\n[] [.hid] [.] [] 5\n[a.b/c] [c] [a.b] [c] 6\n" +
      "[./x] [x] [.] [x] 7\n[a.b] [a.b.] [.] [a.b] 8\n",
  },
  {
    name: "{%} is the slot",
    args: ["-k", "-j", "1", "--", "echo", "{%}", "{}"],
    input: "a\nb\n",
    stdout: "1 a\n1 b\n",
  },
  {
    name: "what only looks like a place stays as it is",
    args: ["-k", "--", "echo", "{ }", "{x}", "{..}", "{", "}", "{}"],
    input: "a\n",
    stdout: "{ } {x} {..} { } a\n",
  },
  {
    name: "characters that mean something to a shell, without one",
    args: ["-k", "--", "printf", "<%s>\\n", "{}"],
    input: special,
    stdout: special.replaceAll(/^(.*)$/gm, "<$1>").slice(0, -2),
  },
  {
    name: "characters that mean something to a shell, quoted for one",
    args: ["--shell", "-k", "--", "printf '<%s>\\n' {}x | tr x ."],
    input: special,
    stdout: special.replaceAll(/^(.*)$/gm, "<$1.>").slice(0, -3).replaceAll(/x/g, "."),
  },
  {
    name: "an empty line is an empty argument",
    args: ["-k", "--", "echo", "x{}x", "{#}"],
    input: "a\n\nb\n",
    stdout: "xax 1\nxx 2\nxbx 3\n",
  },
  {
    name: "-r leaves out empty and blank lines",
    args: ["-k", "-r", "--", "echo", "x{}x", "{#}"],
    input: "\na\n \n\t\nb\n",
    stdout: "xax 1\nxbx 2\n",
  },
  { name: "no input, no commands", args: ["--", "echo"], input: "", stdout: "" },
  {
    name: "the last line needs no end",
    args: ["-k", "--", "echo"],
    input: "a\nb",
    stdout: "a\nb\n",
  },
  {
    name: "-0: lines end with NUL",
    args: ["-k", "-0", "--", "echo", "[{}]"],
    input: "a\0b c\nd\0",
    stdout: "[a]\n[b c\nd]\n",
  },
  {
    name: "-d: lines end with another character",
    args: ["-k", "-d", ",", "--", "echo"],
    input: "a,b,c",
    stdout: "a\nb\nc\n",
  },
  {
    name: "-a: lines of a file",
    args: ["-k", "-a", "f", "--", "echo"],
    files: { f: "1\n2\n" },
    stdout: "1\n2\n",
  },
  {
    name: "::: lines are words of the command line",
    args: ["-k", "echo", ":::", "a", "", "b  c"],
    stdout: "a\n\nb  c\n",
  },
  {
    name: "::: twice: each with each",
    args: ["-k", "echo", "{2}-{1}", "{#}", ":::", "a", "b", ":::", "1", "2"],
    stdout: "1-a 1\n2-a 2\n1-b 3\n2-b 4\n",
  },
  {
    name: ":::: files, and - is stdin",
    args: ["-k", "echo", "::::", "f", "-"],
    input: "x\ny\n",
    files: { f: "1\n2\n" },
    stdout: "1 x\n1 y\n2 x\n2 y\n",
  },
  {
    name: "-n: several lines for one command",
    args: ["-k", "-n", "2", "--", "echo", "{}", "{1}"],
    input: "a\nb\nc\n",
    stdout: "a b a\nc c\n",
  },
  {
    name: "-N: a word with {} is repeated",
    args: ["-k", "-j", "1", "-N", "2", "--", "echo", "pre-{.}.x", "{#}"],
    input: "a.o\nb.o\nc.o\n",
    stdout: "pre-a.x pre-b.x 1\npre-c.x 2\n",
  },
  {
    name: "--colsep: the parts of a line",
    args: ["-k", "-C", ",", "--", "echo", "{2}-{1/.}"],
    input: "a/b.x,c\nd,e\n",
    stdout: "c-b\ne-d\n",
  },
];
