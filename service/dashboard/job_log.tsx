/**
 * What a job says, as it says it.
 *
 * @module
 */
import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LogPiece } from "../../messages/log.ts";
import { events, type Problem } from "./api.ts";
import { clock } from "./format.ts";
import { Panel, Trouble } from "./panel.tsx";

/** Pieces that are shown at most; of more the oldest go. */
const piecesMax = 2_000;

/** Wait before a stream that broke is taken up again, ms. */
const againAfterMs = 1_000;

/** Pieces so far, and whether there will be more. */
interface Said {
  readonly pieces: readonly LogPiece[];
  readonly isOver: boolean;
  readonly problem: string | null;
}

function useLog(id: string): Said {
  const [said, setSaid] = useState<Said>({ pieces: [], isOver: false, problem: null });
  useEffect(() => {
    const left = new AbortController();
    let place: string | null = null;
    let batch: LogPiece[] = [];
    const flush = () => {
      const news = batch;
      batch = [];
      setSaid((now) => ({
        pieces: [...now.pieces, ...news].slice(-piecesMax),
        isOver: now.isOver,
        problem: null,
      }));
    };
    const read = async (): Promise<boolean> => {
      const path = `jobs/${encodeURIComponent(id)}/log?follow${place ? `&after=${place}` : ""}`;
      for await (const { id: at, type, data } of events(path, left.signal)) {
        if (type === "end") return true;
        place = at ?? place;
        if (batch.push(JSON.parse(data)) === 1) setTimeout(flush, 50);
      }
      return false;
    };
    const follow = async () => {
      while (!left.signal.aborted) {
        try {
          if (await read()) break;
        } catch (error) {
          if (left.signal.aborted) return;
          setSaid((now) => ({ ...now, problem: (error as Problem).message }));
        }
        await new Promise((resolve) => setTimeout(resolve, againAfterMs));
      }
      flush();
      if (!left.signal.aborted) setSaid((now) => ({ ...now, isOver: true }));
    };
    void follow();
    return () => left.abort();
  }, [id]);
  return said;
}

/** The log; it stays at its end while its end is looked at. */
export function JobLog({ id }: { readonly id: string }) {
  const { pieces, isOver, problem } = useLog(id);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current) box.current!.scrollTop = box.current!.scrollHeight;
  }, [pieces]);
  const watch = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
  };
  return (
    <Panel
      title="What it says"
      tools={<span class={`hint ${isOver ? "" : "live"}`}>{isOver ? "ended" : "live"}</span>}
    >
      {problem && <Trouble>{problem}</Trouble>}
      <div
        class="log"
        ref={box}
        onScroll={watch}
        role="log"
        aria-label={`Log of ${id}`}
        tabIndex={0}
      >
        {pieces.length === 0 && <p class="empty">{isOver ? "It said nothing." : "Nothing yet."}</p>}
        {pieces.map((piece, i) => (
          <div key={i} class={piece.stream}>
            {piece.droppedChars ? <i>… {piece.droppedChars} characters left out …</i> : null}
            <span class="when">{clock(piece.at)}</span>
            <span>{piece.text.replace(/\n$/, "")}</span>
          </div>
        ))}
      </div>
    </Panel>
  );
}
