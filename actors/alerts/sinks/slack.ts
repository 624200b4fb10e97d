/**
 * An incoming webhook of Slack, or of what understands the same.
 *
 * @module
 */
import type { SinkConfig } from "../config.ts";
import { body, headline } from "../note.ts";
import { post, readUrl } from "./post.ts";
import type { Sink } from "./sink.ts";

type Config = Extract<SinkConfig, { readonly type: "slack" }>;

/** What a job's name says must not become a link, a mention or markup. */
const plain = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Posts a text. */
export async function slack({ urlFile }: Config): Promise<Sink> {
  await readUrl(urlFile);
  return {
    deliver: (note, signal) =>
      post({ urlFile, signal, body: { text: plain(`*${headline(note)}*\n${body(note)}`) } }),
  };
}
