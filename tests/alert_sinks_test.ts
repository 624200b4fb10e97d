/** The sinks against real servers on this machine: one message each, and no secret anywhere. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type SinkConfig } from "../actors/alerts/config.ts";
import { type Note, noteOf } from "../actors/alerts/note.ts";
import { openSink } from "../actors/alerts/sinks/mod.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Incident } from "../messages/alert.ts";
import { createRuntime } from "../mod.ts";
import { configOf } from "./alerts_stage.ts";
import { fixedAt, tempFolder } from "./live.ts";
import { mailSink } from "./mail_sink.ts";
import { until } from "./until.ts";

const incident: Incident = {
  id: "a1",
  rule: "overrun",
  subject: "<!channel>",
  state: "open",
  level: "critical",
  message: "Job j1 takes long & longer",
  value: 1.2,
  raisedAt: "2026-01-01T00:00:00.000Z",
  clearedAt: null,
};
const note = noteOf("raised", "shop", incident);
const cleared: Note = noteOf("cleared", "shop", {
  ...incident,
  state: "cleared",
  clearedAt: "2026-01-01T00:01:00.000Z",
});
const never = new AbortController().signal;
const secret = "s3cr3t-of-the-hook";

/** A sink as a configuration has it, with its files. */
async function opened(folder: string, config: object, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
  }
  const { ops } = configOf({ sinks: { ops: config } }).sinks;
  return await openSink(ops as SinkConfig);
}

/** A web server that answers so, and what it was sent. */
function webServer(answer: (request: Request) => Response | Promise<Response>) {
  const seen: { headers: Headers; body: Record<string, unknown> }[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      seen.push({ headers: new Headers(request.headers), body: await request.json() });
      return answer(request);
    },
  );
  return {
    seen,
    url: `http://127.0.0.1:${server.addr.port}/${secret}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("webhook: posts the incident as JSON with an id that stays the same", async () => {
  await using folder = await tempFolder();
  await using server = webServer(() => new Response("thanks"));
  const config = {
    type: "webhook",
    urlFile: `${folder.path}/url`,
    tokenFile: `${folder.path}/token`,
  };
  const sink = await opened(folder.path, config, { url: `${server.url}\n`, token: "let-me-in" });
  assertEquals(await sink.deliver(note, never), { type: "delivered" });
  const [{ headers, body }] = server.seen as [typeof server.seen[0]];
  assertEquals(headers.get("idempotency-key"), "a1.raised");
  assertEquals(headers.get("authorization"), "Bearer let-me-in");
  const title = "[shop] critical: overrun of <!channel>";
  assertEquals(body, { id: "a1.raised", news: "raised", service: "shop", title, incident });
});

Deno.test("slack: posts a text in which names are no markup", async () => {
  await using folder = await tempFolder();
  await using server = webServer(() => new Response("ok"));
  const sink = await opened(folder.path, { type: "slack", urlFile: `${folder.path}/url` }, {
    url: server.url,
  });
  await sink.deliver(note, never);
  await sink.deliver(cleared, never);
  const [one, two] = server.seen.map(({ body }) => body.text as string);
  assertEquals(
    one,
    "*[shop] critical: overrun of &lt;!channel&gt;*\nJob j1 takes long &amp; longer\n" +
      "since 2026-01-01T00:00:00.000Z, incident a1",
  );
  assertMatch(two!, /^\*\[shop\] cleared: .*\nIt is over\. It was: .*\n.*until 2026-01-01T00:01/);
});

Deno.test("webhook: tells what may work later from what never will, without the address", async () => {
  await using folder = await tempFolder();
  let status = 500;
  await using server = webServer(() =>
    new Response(null, { status, headers: { location: "http://127.0.0.1:9/elsewhere" } })
  );
  const urlFile = `${folder.path}/url`;
  const sink = await opened(folder.path, { type: "webhook", urlFile }, { url: server.url });
  const ends = async (code: number) => {
    status = code;
    const delivery = await sink.deliver(note, never);
    assert(delivery.type === "failed");
    return [delivery.because, delivery.isFinal];
  };
  assertEquals(await ends(500), ["answered 500", false]);
  assertEquals(await ends(429), ["answered 429", false]);
  assertEquals(await ends(404), ["answered 404", true]);
  assertEquals(await ends(302), ["answered 302", true]);
  assertEquals(server.seen.length, 4);

  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  await Deno.writeTextFile(urlFile, `http://127.0.0.1:${closed.addr.port}/${secret}`);
  const refused = await sink.deliver(note, never);
  assertEquals(refused, { type: "failed", because: "Connection refused", isFinal: false });
  await Deno.remove(urlFile);
  assertEquals(await sink.deliver(note, never), {
    type: "failed",
    because: `${urlFile} can't be read`,
    isFinal: false,
  });
});

Deno.test("email: sends one text message that a mail program can tell from a second copy", async () => {
  await using folder = await tempFolder();
  await using server = mailSink();
  const config = {
    type: "email",
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    user: "robot",
    passwordFile: `${folder.path}/password`,
    from: "flyball@example.org",
    to: ["a@example.org", "b@example.org"],
  };
  const sink = await opened(folder.path, config, { password: secret });
  assertEquals(await sink.deliver(note, never), { type: "delivered" });
  assertEquals(server.logins, [`\0robot\0${secret}`]);
  const [mail] = server.mails;
  assertEquals(mail!.to, ["a@example.org", "b@example.org"]);
  assertMatch(mail!.text, /^Subject: \[shop\] critical: overrun of <!channel>$/m);
  assertMatch(mail!.text, /^Message-ID: <a1\.raised@shop>$/m);
  assertMatch(mail!.text, /^Job j1 takes long & longer$/m);

  server.refuseNext = "450 later";
  const later = await sink.deliver({ ...note, incident: { ...incident, subject: null } }, never);
  assertEquals(later, { type: "delivered" }, "one of two was taken");
  const one = await opened(folder.path, { ...config, to: ["a@example.org"] }, {});
  server.refuseNext = "450 later";
  const again = await one.deliver(note, never);
  assertEquals(again, { type: "failed", because: "refused it (it answered 450)", isFinal: false });
  server.refuseNext = "550 nobody";
  const final = await one.deliver(note, never);
  assertEquals(final, { type: "failed", because: "refused it (it answered 550)", isFinal: true });
});

Deno.test("email: a server that offers no encryption is given no password", async () => {
  await using folder = await tempFolder();
  await using server = mailSink();
  const sink = await opened(folder.path, {
    type: "email",
    host: "127.0.0.1",
    port: server.port,
    user: "robot",
    passwordFile: `${folder.path}/password`,
    from: "flyball@example.org",
    to: ["a@example.org"],
  }, { password: secret });
  const delivery = await sink.deliver(note, never);
  assert(delivery.type === "failed");
  assertEquals([server.logins, server.mails], [[], []]);
  assert(!delivery.because.includes(secret), delivery.because);
});

Deno.test("sinks: a file that others can read, or that has no address, is refused at the start", async () => {
  await using folder = await tempFolder();
  const urlFile = `${folder.path}/url`;
  const config = { alerts: { sinks: { ops: { type: "slack" as const, urlFile } } } };
  const start = () => assertRejects(() => createRuntime({ config }), Refusal);
  assertMatch((await start()).message, /url can't be read$/);
  await Deno.writeTextFile(urlFile, `ftp://example.org/${secret}`, { mode: 0o600 });
  const { code, message } = await start();
  assertEquals([code, message], [
    "bad_secret_file",
    `${urlFile} must have an address http://… or https://…`,
  ]);
  await Deno.chmod(urlFile, 0o644);
  assertMatch((await start()).message, /can be read by others: chmod 600 it$/);
});

Deno.test("alerts: a job past its target is told once to web and mail while it runs, and its end", async () => {
  await using folder = await tempFolder();
  await using web = webServer(() => new Response());
  await using mail = mailSink();
  const urlFile = `${folder.path}/url`;
  await Deno.writeTextFile(urlFile, web.url, { mode: 0o600 });
  const mine = { from: "flyball@example.org", to: ["a@example.org"] };
  await using runtime = await createRuntime({
    data: `${folder.path}/data`,
    config: {
      ...fixedAt(1),
      alerts: {
        rules: { overrun: { targets: { sh: { targetMs: "100ms" } } } },
        sinks: {
          web: { type: "webhook", urlFile },
          mail: { type: "email", host: "127.0.0.1", port: mail.port, security: "none", ...mine },
        },
      },
    },
  });
  const script = `until [ -e ${folder.path}/go ]; do sleep 0.05; done`;
  const facts: string[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const item of runtime.facts({ signal: stop.signal, jobs: false })) {
      if ("fact" in item) facts.push(JSON.stringify(item.fact));
    }
  })();
  const { id } = await runtime.submit({ command: ["sh", "-c", script] });
  await until(() => web.seen.length > 0 && mail.mails.length > 0);
  const { items } = await (await runtime.fetch(new Request("http://localhost/api/v1/alerts")))
    .json();
  assertEquals([items[0].state, items[0].rule, items[0].subject], ["open", "overrun", "sh"]);
  assertMatch(items[0].message, new RegExp(`^Job ${id} of sh has run for`));
  await Deno.writeTextFile(`${folder.path}/go`, "");
  await until(() => web.seen.length > 1 && mail.mails.length > 1);
  assertEquals(web.seen.map(({ body }) => body.news), ["raised", "cleared"]);
  assertEquals(mail.mails.map(({ text }) => /Message-ID: <\S+\.(\w+)@/.exec(text)![1]), [
    "raised",
    "cleared",
  ]);
  assertEquals(facts.filter((fact) => fact.includes('"alertRaised"')).length, 1);
  assertEquals(facts.filter((fact) => fact.includes('"alertCleared"')).length, 1);
  await until(() => runtime.alerts().sinks.every(({ delivered }) => delivered === 2));
  stop.abort();
  await reading;
  assert(!`${facts}${JSON.stringify([runtime.alerts(), runtime.status()])}`.includes(secret));
});
