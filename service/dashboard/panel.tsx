/**
 * A titled part of a view.
 *
 * @module
 */
import { type ComponentChildren, Fragment, h } from "preact";
import type { Asked } from "./asked.ts";

interface PanelProps {
  readonly title: ComponentChildren;
  /** Stands at the right of the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A card with a heading. */
export function Panel({ title, tools, children, class: name = "" }: PanelProps) {
  return (
    <section class={`panel ${name}`}>
      <header>
        <h2>{title}</h2>
        {tools && <div class="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

interface EmptyProps {
  readonly children: ComponentChildren;
  /** Something will be there soon. */
  readonly isBusy?: boolean;
}

/** What stands where there is nothing. */
export function Empty({ children, isBusy = false }: EmptyProps) {
  return <p class="empty" aria-busy={isBusy}>{children}</p>;
}

/** What went wrong, in words. */
export function Trouble({ children }: { readonly children: ComponentChildren }) {
  return <p class="trouble" role="alert">{children}</p>;
}

interface AnswerProps<T> {
  readonly of: Asked<T>;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows an answer, that it is waited for, or why there is none. */
export function Answer<T>({ of: { data, problem }, children }: AnswerProps<T>) {
  return (
    <>
      {problem && <Trouble>{problem.message}</Trouble>}
      {data !== null ? children(data) : !problem && <Empty isBusy>Loading …</Empty>}
    </>
  );
}

interface ViewProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A whole view under its heading. */
export function View({ title, lead, tools, children }: ViewProps) {
  return (
    <>
      <header class="view">
        <div>
          <h1>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {tools && <div class="tools">{tools}</div>}
      </header>
      {children}
    </>
  );
}
