/** A service of its own for the zoo. Arguments: level, folder, then one script an animal. */
import type { Level } from "../actors/host/containment.ts";
import { createRuntime, type Runtime } from "../mod.ts";
import { fixedAt } from "./live.ts";
import { keep } from "./zoo.ts";

const [level, path, ...scripts] = Deno.args;
const containment = { level: Number(level) as Level };
const runtime = await createRuntime({ config: { ...fixedAt(1), containment } });
await keep(runtime as unknown as Runtime, scripts, path!);
