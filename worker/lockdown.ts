/**
 * Closes what Deno leaves open to code without permissions, before the first task is loaded.
 *
 * Task and host share one isolate, so this is no wall: it keeps a task from breaking its neighbours
 * by accident or for fun, and lets every denied access be told. The wall are the permissions of the
 * process and a parent that believes nothing but what a worker says of its own jobs.
 *
 * @module
 */
import { Refused } from "./denials.ts";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, preventExtensions } = Object;

/** True in a worker that runs code which nobody vouches for. */
export const sandboxed = (): boolean =>
  Deno.permissions.querySync({ name: "run" }).state === "denied";

/** Locks this process up. The connection over `socket` must stand; there will be no second one. */
export function lockDown(socket: string): void {
  leaveSocket(socket);
  closeInternals();
  closeStorage();
  defineProperty(globalThis, "Worker", { value: closedWorker(), writable: false });
  const permissions = getPrototypeOf(Deno.permissions);
  for (const name of ["revoke", "revokeSync"]) {
    defineProperty(permissions, name, {
      value: () => refuse("permissions", name),
      writable: false,
      configurable: false,
    });
  }
  for (const [name, home, keys] of tools) for (const key of keys) lock(name, home, key);
  // No `toJSON` or `then` that every object would inherit.
  preventExtensions(Object.prototype);
}

/** What the host works with while tasks run: it can be overridden by heirs, not at its home. */
const tools: readonly (readonly [name: string, home: object, keys: readonly string[]])[] = [
  ["Deno", Deno, ["errors", "exit", "permissions"]],
  ["JSON", JSON, ["parse", "stringify"]],
  ["Math", Math, ["floor", "max", "min", "round"]],
  ["Array", Array, ["from", "isArray"]],
  ["Number", Number, ["isSafeInteger"]],
  ["Promise", Promise, ["all", "resolve"]],
  ["Promise.prototype", Promise.prototype, ["catch", "constructor", "finally", "then"]],
  [
    "Array.prototype",
    Array.prototype,
    ["every", "filter", "findIndex", "map", "push", "shift", "slice", "splice"],
  ],
  ["Map.prototype", Map.prototype, ["clear", "get", "has", "set"]],
  ["String.prototype", String.prototype, ["includes", "slice", "startsWith"]],
  ["RegExp.prototype", RegExp.prototype, ["exec"]],
  ["TypedArray.prototype", getPrototypeOf(Uint8Array.prototype), ["copyWithin", "set", "subarray"]],
  ["DataView.prototype", DataView.prototype, ["setUint32"]],
  ["TextEncoder.prototype", TextEncoder.prototype, ["encodeInto"]],
  ["TextDecoder.prototype", TextDecoder.prototype, ["decode"]],
  ["Performance.prototype", Performance.prototype, ["now"]],
  ["AbortController.prototype", AbortController.prototype, ["abort"]],
];

function refuse(permission: string, asked: string): never {
  throw new Refused(permission, asked);
}

/**
 * Makes `home[key]` refuse to be replaced. Accessors, not read-only properties: objects that inherit
 * may still have a property of that name, the attempt can be told, and V8 keeps prototypes fast.
 */
function lock(name: string, home: object, key: string): void {
  const { value, enumerable } = getOwnPropertyDescriptor(home, key)!;
  defineProperty(home, key, {
    get: () => value,
    set(this: object, given: unknown) {
      if (this === home) refuse("intrinsics", `${name}.${key}`);
      defineProperty(this, key, {
        value: given,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
    enumerable: enumerable ?? false,
    configurable: false,
  });
}

/**
 * The parent's socket was within reach to be connected once. What covers more than the socket is
 * left alone, as revoking a part takes the whole away.
 */
function leaveSocket(socket: string): void {
  const { permissions } = Deno;
  const has = (asked: Deno.PermissionDescriptor) =>
    permissions.querySync(asked).state === "granted";
  if (!has({ name: "net" })) permissions.revokeSync({ name: "net", host: `unix:${socket}` });
  const folder = socket.slice(0, socket.lastIndexOf("/"));
  for (const name of ["read", "write"] as const) {
    if (!has({ name, path: folder })) permissions.revokeSync({ name, path: socket });
  }
}

/** Deno's own core, with which bytes could be written to the parent's connection. */
function closeInternals(): void {
  const named = Deno as unknown as { readonly internal: symbol };
  defineProperty(Deno, named.internal, {
    get: () => refuse("internals", "Deno[Deno.internal]"),
    enumerable: false,
    configurable: false,
  });
}

/** Both need no permission of Deno's; `caches` writes to the disk without limit. */
function closeStorage(): void {
  for (const name of ["localStorage", "caches"]) {
    const closed = (_target: object, key: PropertyKey) =>
      typeof key === "string" ? refuse("storage", `${name}.${key}`) : undefined;
    const all = () => refuse("storage", name);
    const value = new Proxy({}, {
      get: closed,
      set: all,
      has: all,
      defineProperty: all,
      deleteProperty: all,
      ownKeys: all,
    });
    defineProperty(globalThis, name, { value, configurable: false });
  }
}

/** A thread would have caches of its own and denials that nobody hears of. */
function closedWorker() {
  return class Worker {
    constructor(specifier: string | URL) {
      refuse("worker", String(specifier).slice(0, 200));
    }
  };
}
