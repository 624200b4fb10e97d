/** A module that is never loaded to its end. */
setInterval(() => {}, 60_000);
await new Promise(() => {});
