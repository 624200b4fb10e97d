/**
 * `flyball token`: tokens with roles, for `server.tokensFile`.
 *
 * @module
 */
import {
  digestOf,
  nameExpected,
  parseTokens,
  rolesOf,
  tokenName,
} from "../actors/access/tokens.ts";
import { readPrivate } from "../actors/host/read_private.ts";
import { Refusal } from "../actors/runtime.ts";
import { exit } from "./exit.ts";
import { collect } from "./numbers.ts";
import type { Verb } from "./verb.ts";

/** Random bytes of a token. */
const tokenBytes = 32;

/** Largest file that is read, bytes. */
const bytesMax = 1_048_576;

interface Flags {
  readonly name?: string;
  readonly role?: readonly string[];
  readonly file?: string;
}

/** The verb `token`. */
export const token: Verb = {
  declare: (command) =>
    command
      .argument("<action>", "new: make one and print it, this once · ls: who has one in --file")
      .option("--name <name>", "what it is called in logs: the name of who gets it")
      .option("--role <role>", "read, submit:OPERATION, submit:BEGIN*, shell or admin", collect)
      .option("--file <file>", "file of tokens (server.tokensFile); a new one is added to it")
      .addHelpText(
        "after",
        "\nA service reads the file at its start and at a SIGHUP. It has only digests of tokens, " +
          "a line each: take one out and the token is none.",
      ),
  run: async (command) => {
    const [action] = command.args;
    const flags = command.opts<Flags>();
    if (action === "new") return await make(flags);
    if (action === "ls") return await list(flags);
    throw usage(`token expected new or ls, given ${JSON.stringify(action)}`);
  },
};

async function make({ name = "", role = [], file }: Flags): Promise<number> {
  if (!tokenName.test(name)) {
    throw usage(`--name expected ${nameExpected}, given ${JSON.stringify(name)}`);
  }
  if (role.length === 0) throw usage("--role is needed: what may be done with it");
  const roles = rolesOf(role.join(","), (because) => usage(`--role: ${because}`));
  const made = base64Url(crypto.getRandomValues(new Uint8Array(tokenBytes)));
  const line = `${name} ${roles.join(",")} sha256:${digestOf(made)}\n`;
  if (file !== undefined) await add(file, line);
  console.log(made);
  console.error(
    file === undefined
      ? `flyball: the line of ${name} for server.tokensFile: ${line.trimEnd()}`
      : `flyball: ${file} has the digest of ${name}'s token; a service that runs needs a SIGHUP`,
  );
  return exit.ok;
}

/** Adds a line to a file, which is made for its owner alone; the whole is put in its place at once. */
async function add(path: string, line: string): Promise<void> {
  const before = await textOf(path).catch((error) => {
    if (error instanceof Refusal && error.code === "no_input") return "";
    throw error;
  });
  const text = before === "" || before.endsWith("\n") ? before + line : `${before}\n${line}`;
  parseTokens(text, path);
  const beside = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(beside, text, { mode: 0o600, createNew: true });
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    const because = error instanceof Error ? error.message : String(error);
    throw new Refusal("cannot_create", `cannot write tokens file ${path}: ${because}`);
  }
}

async function list({ file }: Flags): Promise<number> {
  if (file === undefined) throw usage("--file is needed: the file of tokens");
  for (const { caller: { name, roles } } of parseTokens(await textOf(file), file)) {
    console.log(`${name}\t${roles.join(",")}`);
  }
  return exit.ok;
}

const textOf = (path: string) => readPrivate({ path, what: "tokens", most: bytesMax });

const base64Url = (bytes: Uint8Array): string =>
  bytes.toBase64({ alphabet: "base64url", omitPadding: true });

const usage = (message: string) => new Refusal("usage", message);
