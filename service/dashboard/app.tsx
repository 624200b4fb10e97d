/**
 * The frame around all views: where one can go, whether it is live, light or dark.
 *
 * @module
 */
import { type ComponentChildren, Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Explanation } from "./explanation.tsx";
import { connection, overview } from "./feed.ts";
import { notice } from "./job_actions.tsx";
import { Login } from "./login.tsx";
import { place } from "./place.ts";
import { hrefOf } from "./route.ts";
import { asksToken, isReadOnly, type Theme, theme } from "./session.ts";
import { toneOf } from "./tiles.tsx";
import { groups, shown, titleOf } from "./views.tsx";

/** Everything that is seen. */
export function App() {
  const { view, id } = place.value;
  useEffect(() => {
    document.title = `${id ?? titleOf(view)} · Flyball`;
    scrollTo(0, 0);
  }, [view, id]);
  if (asksToken.value !== null) return <Login />;
  return (
    <>
      <a class="skip" href="#content" onClick={toContent}>Skip to the content</a>
      <Side />
      <main id="content" tabIndex={-1} class={connection.value === "lost" ? "stale" : ""}>
        {shown(place.value)}
      </main>
      <Explanation />
      <p class={`notice ${notice.value?.isBad ? "bad" : ""}`} role="status" aria-live="polite">
        {notice.value?.text}
      </p>
    </>
  );
}

/** The address names places, so the way to the content is not written there. */
function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")!.focus();
}

function Side() {
  const [isOpen, setOpen] = useState(false);
  const { view } = place.value;
  useEffect(() => setOpen(false), [place.value]);
  const go = (name: string, title: ComponentChildren) => (
    <li key={name}>
      <a href={hrefOf(name)} aria-current={name === view ? "page" : undefined}>{title}</a>
    </li>
  );
  return (
    <header class="side">
      <div class="brand">
        <a href={hrefOf("overview")}>
          <Logo /> Flyball
        </a>
        <Pulse />
        <button
          type="button"
          class="menu quiet"
          aria-expanded={isOpen}
          aria-controls="nav"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
      </div>
      <nav id="nav" class={isOpen ? "open" : ""} aria-label="Views">
        {groups.map(({ name, views }) => (
          <section key={name}>
            <h2>{name}</h2>
            <ul>
              {views.map((each) =>
                go(
                  each,
                  <>
                    {titleOf(each)}
                    <Counted view={each} />
                  </>,
                )
              )}
            </ul>
          </section>
        ))}
        <section>
          <h2>Elsewhere</h2>
          <ul>
            <li>
              <a href="inspect/">Live machines</a>
            </li>
            <li>
              <a href="docs">API</a>
            </li>
          </ul>
        </section>
        <Settings />
      </nav>
    </header>
  );
}

/** How many there are of what a view shows, where that matters. */
function Counted({ view }: { readonly view: string }) {
  const now = overview.value;
  const number = view === "alerts" ? now?.incidents : view === "jobs" ? now?.pending : 0;
  return number ? <span class={`count ${view === "alerts" ? "bad" : ""}`}>{number}</span> : null;
}

/** Whether what is seen is what is. */
function Pulse() {
  const words = { connecting: "connecting", live: "live", lost: "no connection" } as const;
  const tone = connection.value === "live" ? toneOf(overview.value?.verdict ?? "idle") : "bad";
  return (
    <span class={`pulse ${connection.value === "connecting" ? "" : tone}`} role="status">
      {words[connection.value]}
    </span>
  );
}

function Settings() {
  const themes: readonly Theme[] = ["auto", "light", "dark"];
  return (
    <footer class="settings">
      <label>
        Colours
        <select
          value={theme.value}
          onChange={(e) => theme.value = e.currentTarget.value as Theme}
        >
          {themes.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
      </label>
      <label class="check">
        Read only
        <input
          type="checkbox"
          checked={isReadOnly.value}
          onChange={(e) => isReadOnly.value = e.currentTarget.checked}
        />
      </label>
      <p class="version">{overview.value && `version ${overview.value.version}`}</p>
    </footer>
  );
}

/** Two balls on arms around a shaft: the governor it is named after. */
const Logo = () => (
  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <path d="M12 2v20M12 5 5 14M12 5l7 9M7 12l5 6 5-6" fill="none" stroke="currentColor" />
    <circle cx="5" cy="14.5" r="3" fill="currentColor" />
    <circle cx="19" cy="14.5" r="3" fill="currentColor" />
  </svg>
);
