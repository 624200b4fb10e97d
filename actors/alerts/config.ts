/**
 * What a configuration says of alerts.
 *
 * @module
 */
import { z } from "zod/mini";
import { rulesSchema } from "../../policies/alerts/mod.ts";

/** Shape of a sink's name. */
export const sinkName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const path = () => z.string().check(z.minLength(1), z.maxLength(4_096));
const text = () =>
  z.string().check(
    z.minLength(1),
    z.maxLength(320),
    z.regex(/^[^\r\n]*$/, { error: "a text of one line" }),
  );

/** What all sinks have in common. */
const usual = () => ({
  /** The mildest that it is told. */
  level: z._default(z.enum(["warning", "critical"]), "warning"),
  /** Whether it is told once more when an incident that it knows of gets critical. */
  escalations: z._default(z.boolean(), false),
  /** Whether it is told each change of a pool's size, too; then `everyMs` should be 0. */
  resizes: z._default(z.boolean(), false),
  /** Messages that it is sent at once. */
  burst: z._default(z.int().check(z.minimum(1), z.maximum(1_000)), 10),
  /** Time until it may have another one. */
  everyMs: z._default(z.int().check(z.minimum(0), z.maximum(86_400_000)), 6_000),
});

/** Secrets stand in files: a configuration is shown, compared and logged. */
const sink = () =>
  z.discriminatedUnion("type", [
    z.strictObject({
      /** What it is. */
      type: z.literal("webhook"),
      ...usual(),
      /** File with the address that JSON is posted to. */
      urlFile: path(),
      /** File with a token for the header `authorization: Bearer`; null: none. */
      tokenFile: z._default(z.nullable(path()), null),
    }),
    z.strictObject({
      /** What it is. */
      type: z.literal("slack"),
      ...usual(),
      /** File with the address of an incoming webhook of Slack, Mattermost or Discord (`/slack`). */
      urlFile: path(),
    }),
    z.strictObject({
      /** What it is. */
      type: z.literal("email"),
      ...usual(),
      /** The mail server. */
      host: text(),
      /** Its port. */
      port: z._default(z.int().check(z.minimum(1), z.maximum(65_535)), 587),
      /** How the line is encrypted: `starttls`, from the first byte (`tls`, port 465), or not (`none`). */
      security: z._default(z.enum(["starttls", "tls", "none"]), "starttls"),
      /** Who we are to the server; null: nobody. */
      user: z._default(z.nullable(text()), null),
      /** File with the password of `user`. */
      passwordFile: z._default(z.nullable(path()), null),
      /** Whom mails are from. */
      from: text(),
      /** Whom they go to. */
      to: z.array(text()).check(z.minLength(1), z.maxLength(32)),
    }),
  ]);

/** What a sink is made of. */
export type SinkConfig = z.output<ReturnType<typeof sink>>;

const sinks = () =>
  z.record(
    z.string().check(
      z.regex(sinkName, { error: "a name of letters, digits, '.', '_' and '-'" }),
    ),
    sink(),
  ).check(z.refine((sinks) => Object.keys(sinks).length <= 16, { error: "at most 16 sinks" }));

/** Makes the schema of the section `alerts`; it is needed at the start and at a reload alone. */
export const alertsSchema = () =>
  z.strictObject({
    /** How messages name this service. */
    name: z._default(text(), "flyball"),
    rules: z.prefault(rulesSchema(), {}),
    sinks: z.prefault(sinks(), {}),
  });

/** Parsed {@link alertsSchema}. */
export type AlertsConfig = z.output<ReturnType<typeof alertsSchema>>;
