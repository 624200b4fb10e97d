/**
 * A program that reads one wish from its standard input and writes what came of it, so that nobody
 * else has to wait for it.
 *
 * @module
 */
import { cpuUsage, stdin, stdout } from "node:process";
import type { RegretWish } from "../messages/regret.ts";
import { estimateRegret } from "./regret.ts";

const decoder = new TextDecoder();
let text = "";
for await (const chunk of stdin) text += decoder.decode(chunk as Uint8Array, { stream: true });
/** CPU time so far, ms: what it took to come here is counted too. */
const usedMs = () => (cpuUsage().user + cpuUsage().system) / 1_000;
const estimate = await estimateRegret(JSON.parse(text) as RegretWish, usedMs);
stdout.write(JSON.stringify(estimate));
