/**
 * A view whose code comes when it is opened first.
 *
 * @module
 */
import { h } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Empty, Trouble, View } from "./panel.tsx";
import type { Place } from "./route.ts";
import { shownBy, type Shows } from "./shows.ts";

/** The views, once they are here; a browser that could not load them does not try again. */
const loaded = signal<Readonly<Record<string, Shows>> | "loading" | "failed" | null>(null);

function load(): void {
  if (loaded.value !== null) return;
  loaded.value = "loading";
  import("./rare_views.tsx").then(
    ({ rareViews }) => loaded.value = rareViews,
    () => loaded.value = "failed",
  );
}

interface LaterProps {
  readonly place: Place;
  /** Of the view, until it is there. */
  readonly title: string;
}

/** What is at `place`, as soon as it can be shown. */
export function Later({ place, title }: LaterProps) {
  useEffect(load, []);
  const views = loaded.value;
  if (views !== null && typeof views === "object") return shownBy(views[place.view]!, place);
  return (
    <View title={title}>
      {views === "failed"
        ? (
          <Trouble>
            This view can't be loaded: the service does not answer, or it is another version.{" "}
            <button type="button" onClick={() => location.reload()}>Load the page anew</button>
          </Trouble>
        )
        : <Empty isBusy>Loading …</Empty>}
    </View>
  );
}
