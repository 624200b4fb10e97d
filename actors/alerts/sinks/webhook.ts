/**
 * Any program that takes JSON over HTTP.
 *
 * @module
 */
import { readSecret } from "../../host/secret_file.ts";
import type { SinkConfig } from "../config.ts";
import { headline } from "../note.ts";
import { post, readUrl } from "./post.ts";
import { failed, type Sink } from "./sink.ts";

type Config = Extract<SinkConfig, { readonly type: "webhook" }>;

/** Posts the incident or the change of size, with the id of the message as `Idempotency-Key`. */
export async function webhook({ urlFile, tokenFile }: Config): Promise<Sink> {
  await readUrl(urlFile);
  if (tokenFile !== null) await readSecret(tokenFile);
  return {
    async deliver(note, signal) {
      const { id, news, service } = note;
      const about = note.news === "resized" ? { resize: note.resize } : { incident: note.incident };
      const token = tokenFile === null ? null : await readSecret(tokenFile).catch(() => undefined);
      if (token === undefined) return failed(`${tokenFile} can't be read`);
      return post({
        urlFile,
        signal,
        headers: {
          "idempotency-key": id,
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: { id, news, service, title: headline(note), ...about },
      });
    },
  };
}
