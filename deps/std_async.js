// @ts-self-types="./std_async.d.ts"
// Where JSR can be reached this file and its types become one line of deno.json:
//   "@std/async": "jsr:@std/async@^1"
// One import a file, because async/mod.js of deno-std 1.4.0 imports a folder that is not there
// (async/channel.js asks for ../data-structures/). The channel is therefore missing here.
export * from "deno-std/async/abortable.js";
export * from "deno-std/async/all_keyed.js";
export * from "deno-std/async/deadline.js";
export * from "deno-std/async/debounce.js";
export * from "deno-std/async/delay.js";
export * from "deno-std/async/lazy.js";
export * from "deno-std/async/mux_async_iterator.js";
export * from "deno-std/async/poll.js";
export * from "deno-std/async/pool.js";
export * from "deno-std/async/retry.js";
export * from "deno-std/async/tee.js";
