/**
 * What stands in for the hosted inspector: the receiver of its own package, and all that it got.
 *
 * @module
 */
import { createBrowserReceiver } from "@statelyai/inspect";

const got: unknown[] = [];
Object.assign(globalThis, { got });
createBrowserReceiver().subscribe((event) => void got.push(event));
