/**
 * One run of a variant: reads paths, one a line, and prints what the run took as JSON. Started by
 * `apart.ts`.
 *
 * @module
 */
import type { Order } from "./apart.ts";
import { runVariant } from "./variant.ts";

const { variant, work, until }: Order = JSON.parse(Deno.args[0]!);
const paths = (await new Response(Deno.stdin.readable).text()).trimEnd().split("\n");
console.log(JSON.stringify(await runVariant(variant, work, paths, until)));
