/**
 * One run of the scan bench: reads paths, one a line, runs the variant it was ordered and prints
 * what that took as JSON. Started by `apart.ts`.
 *
 * @module
 */
import { runVariant } from "../examples/scanner/variant.ts";
import type { ScanOrder } from "./apart.ts";

const { variant, work, until }: ScanOrder = JSON.parse(Deno.args[0]!);
const paths = (await new Response(Deno.stdin.readable).text()).trimEnd().split("\n");
console.log(JSON.stringify(await runVariant(variant, work, paths, until)));
