/**
 * A mail server.
 *
 * @module
 */
import { readSecret } from "../../host/secret_file.ts";
import type { SinkConfig } from "../config.ts";
import { body, headline, type Note } from "../note.ts";
import { delivered, type Delivery, failed, type Sink, withinMs } from "./sink.ts";

type Config = Extract<SinkConfig, { readonly type: "email" }>;

/** Sends a text. Its `Message-ID` is the id of the message, so that a second copy is known as one. */
export async function email(config: Config): Promise<Sink> {
  if (config.passwordFile !== null) await readSecret(config.passwordFile);
  return { deliver: (note, signal) => send(config, note, signal) };
}

async function send(config: Config, note: Note, signal: AbortSignal): Promise<Delivery> {
  const { host, port, security, user, passwordFile, from, to } = config;
  const pass = passwordFile === null ? "" : await readSecret(passwordFile).catch(() => null);
  if (pass === null) return failed(`${passwordFile} can't be read`);
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user !== null && { auth: { user, pass } }),
    connectionTimeout: withinMs,
    greetingTimeout: withinMs,
    socketTimeout: withinMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { promise: aborted, resolve } = Promise.withResolvers<Delivery>();
  const abort = () => resolve(failed("was stopped"));
  signal.addEventListener("abort", abort);
  try {
    const sending = transport.sendMail({
      from,
      to: [...to],
      subject: headline(note),
      text: body(note),
      messageId: `<${note.id}@${note.service.replaceAll(/[^A-Za-z0-9.-]/g, "-")}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    }).then(() => delivered, (error: Error) => failed(...reasonOf(error)));
    return await Promise.race([sending, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
    transport.close();
  }
}

/** Codes of nodemailer in words; its own contain what the server said. */
const words: Readonly<Record<string, string>> = {
  ETIMEDOUT: `no answer within ${withinMs / 1_000} s`,
  ECONNECTION: "can't be reached",
  ESOCKET: "can't be reached",
  EDNS: "can't be found",
  ETLS: "offers no encryption, or none that can be trusted",
  EAUTH: "does not accept the user and the password",
};

/** Why it failed, and whether that is for good: an answer 5xx is. */
function reasonOf(error: Error): [because: string, isFinal: boolean] {
  const { code = "", responseCode } = error as { code?: string; responseCode?: number };
  const answer = responseCode === undefined ? "" : ` (it answered ${responseCode})`;
  const because = words[code] ?? (answer === "" ? "did not take the message" : "refused it");
  return [because + answer, (responseCode ?? 0) >= 500];
}
