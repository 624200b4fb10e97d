/**
 * The dashboard in a browser.
 *
 * @module
 */
import { h, render } from "preact";
import { App } from "./app.tsx";
import { follow } from "./feed.ts";
import { keepSession } from "./session.ts";

keepSession();
void follow();
render(<App />, document.getElementById("app")!);
