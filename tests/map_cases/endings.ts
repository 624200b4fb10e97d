/**
 * Exit codes, early ends and job logs.
 *
 * @module
 */
import type { MapCase } from "./map_case.ts";

const logHeader = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
const row = (seq: number, exit: number, command: string) =>
  `${seq}\t:\t1700000000.000\t     0.001\t0\t0\t${exit}\t0\t${command}\n`;

/** Its cases. */
export const endings: readonly MapCase[] = [
  {
    name: "the exit code is the number of commands that failed",
    args: ["--shell", "-k", "--", "echo {}; exit {}"],
    input: "0\n1\n0\n9\n",
    stdout: "0\n1\n0\n9\n",
    code: 2,
  },
  {
    name: "the exit code ends at 63",
    args: ["--", "false"],
    input: "x\n".repeat(120),
    stdout: "",
    code: 63,
    parallel: { because: "64 and more mean a mistake here", code: 101 },
  },
  {
    name: "a program that does not exist fails its line",
    args: ["-k"],
    input: "no-such-program x\necho b\n",
    stdout: "b\n",
    stderr: /line 1: .*no-such-program/,
    code: 1,
  },
  {
    name: "--halt soon,fail=1",
    args: ["--shell", "-k", "-j", "1", "--halt", "soon,fail=1", "--", "echo {}; exit {}"],
    input: "0\n1\n0\n",
    stdout: "0\n1\n",
    code: 1,
  },
  {
    name: "--halt now,fail=2 ends what runs",
    args: ["--shell", "-k", "-j", "3", "--halt", "now,fail=2", "--", "sleep {}; exit 1"],
    input: "0\n0.2\n60\n60\n",
    stdout: "",
    code: 2,
  },
  {
    name: "--halt soon,success=1",
    args: ["--shell", "-k", "-j", "1", "--halt", "soon,success=1", "--", "echo {}; exit {}"],
    input: "1\n1\n0\n2\n",
    stdout: "1\n1\n0\n",
  },
  {
    name: "--halt now,done=2",
    args: ["--shell", "-k", "-j", "1", "--halt", "now,done=2", "--", "echo {}; exit {}"],
    input: "1\n1\n0\n2\n",
    stdout: "1\n1\n",
    code: 2,
  },
  {
    name: "--halt soon,fail=20% of all lines",
    args: ["--shell", "-k", "-j", "1", "--halt", "soon,fail=20%", "--", "echo {}; exit {}"],
    input: "0\n0\n0\n2\n1\n0\n0\n0\n0\n0\n",
    stdout: "0\n0\n0\n2\n1\n",
    code: 2,
    parallel: { because: "ends with the percentage", code: 20 },
  },
  {
    name: "--halt 2, as it was written once",
    args: ["--shell", "-k", "-j", "1", "--halt", "2", "--", "echo {}; exit {}"],
    input: "0\n3\n0\n",
    stdout: "0\n3\n",
    code: 1,
    parallel: { because: "ends with the code of the one command", code: 3 },
  },
  {
    name: "--joblog: a row for each command",
    args: ["--shell", "-k", "-j", "1", "--joblog", "log", "--", "exit {}"],
    input: "0\n3\n",
    stdout: "",
    code: 1,
    joblog: ["1 0 0 exit 0", "2 3 0 exit 3"],
  },
  {
    name: "--joblog: a signal is told by its number",
    args: ["--shell", "--joblog", "log"],
    input: "kill -9 $$\n",
    stdout: "",
    code: 1,
    stderr: /line 1: /,
    joblog: ["1 0 9 kill -9 $$"],
  },
  {
    name: "--resume leaves out what the log has",
    args: ["--shell", "-k", "--joblog", "log", "--resume", "--", "echo {}; exit {}"],
    files: { log: logHeader + row(1, 0, "echo 0; exit 0") + row(2, 1, "echo 1; exit 1") },
    input: "0\n1\n0\n2\n",
    stdout: "0\n2\n",
    code: 1,
    joblog: ["1 0 0 echo 0; exit 0", "2 1 0 echo 1; exit 1"].concat(
      ["3 0 0 echo 0; exit 0", "4 2 0 echo 2; exit 2"],
    ),
  },
  {
    name: "--resume-failed runs again what failed",
    args: ["--shell", "-k", "-j", "1", "--joblog", "log", "--resume-failed", "--", "echo {}"],
    files: { log: logHeader + row(1, 0, "echo a") + row(2, 1, "echo b") },
    input: "a\nb\nc\n",
    stdout: "b\nc\n",
    joblog: ["1 0 0 echo a", "2 1 0 echo b", "2 0 0 echo b", "3 0 0 echo c"],
  },
  {
    name: "--retries: attempts after the first",
    args: ["--shell", "--retries", "2", "--", "echo {} >> tries; [ $(wc -l < tries) = 3 ]"],
    input: "a\n",
    stdout: "",
    parallel: {
      because: "counts the first attempt too",
      args: ["--retries", "3", "echo {} >> tries; [ $(wc -l < tries) = 3 ]"],
    },
  },
  {
    name: "--retries: however many lines need one",
    args: ["--shell", "--retries", "1", "--", "[ -e seen{} ] || { touch seen{}; exit 1; }"],
    input: Array.from({ length: 40 }, (_, i) => `${i}\n`).join(""),
    stdout: "",
    parallel: {
      because: "counts the first attempt too",
      args: ["--retries", "2", "[ -e seen{} ] || { touch seen{}; exit 1; }"],
    },
  },
  {
    name: "--timeout: a number is of seconds",
    args: ["--shell", "-k", "--timeout", "2", "--", "sleep {}; echo {}"],
    input: "60\n0\n",
    stdout: "0\n",
    code: 1,
    stderr: /line 1: /,
  },
];
