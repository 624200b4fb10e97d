/**
 * The bridge to the Stately inspector: frames of our machines, handed to a page of somebody else in
 * this browser. Nothing is handed over before the button is pressed.
 *
 * @module
 */
import { byId } from "./element.ts";
import { ask } from "./session.ts";
import { listen } from "./socket.ts";

/** Where the hosted inspector lies. */
const usual = "https://stately.ai/inspect";
/** Under this name the address is kept in this browser. */
const urlKey = "flyball.stately";
/** What its page says when it is ready; the protocol of `@statelyai/inspect`. */
const connected = "@statelyai.connected";
/** Frames that wait until it is. */
const framesMax = 20_000;

/** Runs the bridge page. */
export function bridge(): void {
  const input = byId<HTMLInputElement>("url");
  input.value = new URLSearchParams(location.search).get("url") ??
    localStorage.getItem(urlKey) ?? usual;
  byId("open").onsubmit = (event) => {
    event.preventDefault();
    const url = URL.parse(input.value);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return say(`Not an address of a page: ${input.value}`);
    }
    localStorage.setItem(urlKey, url.href);
    handOver(url);
  };
}

/** Opens the inspector in a window of its own and hands it all frames. */
function handOver(url: URL): void {
  const inspector = globalThis.open(url, "flyball-inspector");
  if (inspector === null) {
    return say("The browser did not open the window; allow it and try again.");
  }
  let isConnected = false;
  let handed = 0;
  const waiting: unknown[] = [];
  const hand = (frame: unknown) => {
    inspector.postMessage(frame, url.origin);
    handed++;
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== inspector || origin !== url.origin || data?.type !== connected) return;
    isConnected = true;
    for (const frame of waiting.splice(0)) hand(frame);
  });
  const heard = (frame: unknown) => {
    if (isConnected) hand(frame);
    else if (waiting.push(frame) > framesMax) waiting.shift();
  };
  // A token is asked for where there must be one.
  let stop = () => {};
  ask("/api/v1/decisions?limit=1").then(() => stop = listen(() => "/inspect/frames", { heard }))
    .catch((error: Error) => say(error.message));
  const timer = setInterval(() => {
    if (inspector.closed) {
      clearInterval(timer);
      stop();
      return say("The inspector was closed; nothing is handed over any more.");
    }
    say(
      isConnected
        ? `Connected to ${url.origin} · ${handed} frames handed over`
        : `Waiting for ${url.origin} to say that it is ready`,
    );
  }, 500);
}

function say(text: string): void {
  byId("then").textContent = text;
}
