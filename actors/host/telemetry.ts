/**
 * Where telemetry goes, as workers are told.
 *
 * @module
 */

/**
 * Variables of OpenTelemetry for a worker, under a name of its own; none where Deno's is not on, or
 * our variables can't be read.
 */
export function telemetryVariables(): Readonly<Record<string, string>> {
  try {
    if (!/^(1|true)$/.test(Deno.env.get("OTEL_DENO") ?? "")) return {};
    const all = Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("OTEL_"));
    const name = Deno.env.get("OTEL_SERVICE_NAME") ?? "flyball";
    return { ...Object.fromEntries(all), OTEL_SERVICE_NAME: `${name}-worker` };
  } catch {
    return {};
  }
}
