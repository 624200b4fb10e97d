/**
 * What lies over the page until it is closed: by its button, by Escape, or by a click beside it.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** It stands at the right edge, as high as the page. */
  readonly isSheet?: boolean;
}

/** The browser's own dialog keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, isSheet = false }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current!.showModal(), []);
  return (
    <dialog
      ref={box}
      class={isSheet ? "sheet" : ""}
      aria-label={title}
      onClose={onClose}
      onClick={({ target }) => target === box.current && box.current?.close()}
    >
      <div class="inside">
        <header>
          <h2>{title}</h2>
          <button
            type="button"
            class="quiet"
            aria-label="Close"
            onClick={() => box.current!.close()}
          >
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
