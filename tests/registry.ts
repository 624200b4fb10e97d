/**
 * A registry on this machine that serves what would be published as JSR does: sources as they are,
 * but for names of the import map, which become what they stand for.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { checkout, published } from "./published.ts";

const name = config.name;
const version = config.version;
const names: Readonly<Record<string, string>> = config.imports;

/** Where a specifier of the module at `path` leads to when no import map is there. */
function resolved(specifier: string, path: string): string {
  const folder = Object.keys(names).find((key) => key.endsWith("/") && specifier.startsWith(key));
  const to = names[specifier] ?? (folder && names[folder]! + specifier.slice(folder.length));
  if (to === undefined) return specifier;
  const up = "../".repeat(path.split("/").length - 1) || "./";
  return to.startsWith("./") ? up + to.slice(2) : to.replace("npm:/", "npm:");
}

/** The file at `path` as it is served. */
async function served(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(`${checkout}/${path}`);
  if (!/\.[jt]s$/.test(path)) return bytes;
  const source = new TextDecoder().decode(bytes).replace(
    /((?:\bfrom|\bimport|\bimport\() ?")([^"./][^"]*)(?=")/g,
    (_whole, before: string, specifier: string) => before + resolved(specifier, path),
  );
  return new TextEncoder().encode(source);
}

async function manifestOf(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
  const rows = [...files].map(async ([path, bytes]) => {
    const checksum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    return [`/${path}`, { size: bytes.length, checksum: `sha256-${checksum}` }];
  });
  return Object.fromEntries(await Promise.all(rows));
}

const types: Readonly<Record<string, string>> = {
  ts: "text/typescript",
  js: "text/javascript",
  json: "application/json",
};

/** A registry that answers. */
export interface Registry extends AsyncDisposable {
  /** Its address, as `JSR_URL` has it. */
  readonly url: string;
  /** The address below which the modules of our package lie. */
  readonly modules: string;
  /** What was asked for and is not there. */
  readonly missed: readonly string[];
}

/** Starts a registry. */
export async function openRegistry(): Promise<Registry> {
  const files = new Map(
    await Promise.all((await published()).map(async (path) => [path, await served(path)] as const)),
  );
  const base = `/${name}/${version}`;
  const manifest = { manifest: await manifestOf(files), exports: config.exports };
  const described: Readonly<Record<string, unknown>> = {
    [`/${name}/meta.json`]: { latest: version, versions: { [version]: {} } },
    [`${base}_meta.json`]: manifest,
  };
  const missed: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    if (described[path]) return Response.json(described[path]);
    const file = path.startsWith(`${base}/`) ? files.get(path.slice(base.length + 1)) : undefined;
    if (file) {
      const type = types[path.split(".").at(-1)!] ?? "text/plain";
      return new Response(file, { headers: { "content-type": type } });
    }
    missed.push(path);
    return new Response("not found", { status: 404 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url: `${url}/`,
    modules: url + base,
    missed,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
