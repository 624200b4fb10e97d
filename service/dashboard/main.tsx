/**
 * The dashboard in a browser.
 *
 * @module
 */
import { h, render } from "preact";
import { App } from "./app.tsx";
import { follow } from "./feed.ts";
import { learnRole } from "./role.ts";
import { keepSession } from "./session.ts";

keepSession();
void follow();
learnRole();
render(<App />, document.getElementById("app")!);
