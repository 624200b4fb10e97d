// The no-op bench over another pool, under Node 24:
//   node noop.mjs piscina|tinypool [WORKERS] [SECONDS]
import process from "node:process";
import { measureNoop } from "../noop.ts";
import * as pools from "./pools.mjs";

const [name, workers = "2", seconds = "2"] = process.argv.slice(2);
const pool = await pools[name](Number(workers));
const phases = await measureNoop(pool, Number(seconds));
console.log(JSON.stringify({ bench: "noop", peer: name, workers: Number(workers), ...phases }));
await Promise.race([pool.close(), new Promise((resolve) => setTimeout(resolve, 2000))]);
process.exit(0);
