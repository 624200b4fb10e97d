/**
 * What network interfaces receive and send.
 *
 * @module
 */
import type { NetworkRates, NetworkVitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { Rates } from "./rates.ts";
import { type Say, strange, unreadable } from "./say.ts";
import { wholes } from "./whole.ts";

const path = "/proc/net/dev";
const interfacesMax = 16;
/** What stays on this machine, and what passes traffic on that another interface counts too. */
const notCounted = /^(lo|ifb|dummy|veth|docker|br-|virbr|cni|cali|flannel|bond|team|tun|tap|wg)/;

/** Looks at the interfaces of our network namespace. */
export function networkGauge(
  { read }: KernelFiles,
): (say: Say, nowMs: number) => NetworkVitals | null {
  const rates = new Rates();
  return (say, nowMs) => {
    const text = read(path);
    rates.begin(nowMs);
    if (text === null) return say("network", unreadable(path));
    const all = text.split("\n").flatMap((line) => interfaceOf(line, rates) ?? []);
    if (all.length === 0) return say("network", strange(path));
    const sum = total(all.filter(({ name }) => !notCounted.test(name)));
    return { ...sum, interfaces: all.slice(0, interfacesMax) };
  };
}

function interfaceOf(
  line: string,
  rates: Rates,
): (NetworkRates & { readonly name: string }) | null {
  // Where the number is long, no blank stands before it.
  const [, name, rest] = line.match(/^\s*(\S+?):\s*(\d.*)$/) ?? [];
  const numbers = rest === undefined ? null : wholes(rest.trim().split(/\s+/).slice(0, 16));
  if (name === undefined || !numbers || numbers.length < 12) return null;
  const [receivedBytes, , errorsIn, dropsIn, , , , , sentBytes, , errorsOut, dropsOut] = numbers;
  const errors = errorsIn! + dropsIn! + errorsOut! + dropsOut!;
  return {
    name,
    receivedBytes: receivedBytes!,
    sentBytes: sentBytes!,
    receivedBytesPerS: rates.perS(`${name} in`, receivedBytes!),
    sentBytesPerS: rates.perS(`${name} out`, sentBytes!),
    errorsPerS: rates.perS(`${name} errors`, errors),
  };
}

/** An interface that came just now does not hide the rates of the others. */
function total(all: readonly NetworkRates[]): NetworkRates {
  const sum = (key: keyof NetworkRates) => {
    const numbers = all.map((each) => each[key]).filter((number) => number !== null);
    const isRate = all.length > 0 && numbers.length === 0;
    return isRate ? null : numbers.reduce((one, other) => one + other, 0);
  };
  return {
    receivedBytes: sum("receivedBytes")!,
    sentBytes: sum("sentBytes")!,
    receivedBytesPerS: sum("receivedBytesPerS"),
    sentBytesPerS: sum("sentBytesPerS"),
    errorsPerS: sum("errorsPerS"),
  };
}
