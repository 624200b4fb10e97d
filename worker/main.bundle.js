// messages/wire.ts
var protocol = 1;
var frameBytesMax = 8 * 1024 * 1024;
var messageCharsMax = 1024 * 1024;
var announcedMs = 6e4;
var messages = {
  start: {
    kind: 1,
    direction: "down",
    fields: {
      id: "count",
      attempt: "count",
      operation: "count",
      input: "any",
      timeoutMs: "count",
      trace: "text"
    },
    help: "Queue a job; it begins after those sent before it. timeoutMs 0: none."
  },
  cancel: {
    kind: 2,
    direction: "down",
    fields: {
      id: "count",
      because: "text"
    },
    help: "Abort a job; one that has not begun is returned."
  },
  giveBack: {
    kind: 3,
    direction: "down",
    fields: {
      count: "count"
    },
    help: "Return the last `count` jobs that have not begun."
  },
  describe: {
    kind: 4,
    direction: "down",
    fields: {
      request: "count",
      source: "text"
    },
    help: "Tell schemas and permissions of a task module; source empty: of all own tasks."
  },
  stop: {
    kind: 5,
    direction: "down",
    fields: {},
    help: "End when all begun jobs have ended; jobs not begun are returned."
  },
  ping: {
    kind: 6,
    direction: "down",
    fields: {
      nonce: "count"
    },
    help: "Answer with pong."
  },
  define: {
    kind: 7,
    direction: "down",
    fields: {
      operation: "count",
      name: "text",
      source: "text"
    },
    help: "Give an operation its number. source: module URL or name of a task, empty: commands."
  },
  environment: {
    kind: 10,
    direction: "down",
    fields: {
      variables: "any"
    },
    help: "What commands that are sent from now on are given besides variables of their own."
  },
  collect: {
    kind: 9,
    direction: "down",
    fields: {
      atOnce: "count"
    },
    help: "Collect garbage. atOnce 0: when no job runs; 1: also while jobs wait for something."
  },
  hello: {
    kind: 20,
    direction: "up",
    fields: {
      protocol: "count",
      pid: "count",
      generation: "count",
      nonce: "text"
    },
    help: "First message of a connection."
  },
  ready: {
    kind: 21,
    direction: "up",
    fields: {},
    help: "Takes jobs from now on."
  },
  began: {
    kind: 22,
    direction: "up",
    fields: {
      count: "count",
      heldMs: "number"
    },
    help: "The next `count` jobs in order were begun; the thread was held for `heldMs`."
  },
  returned: {
    kind: 23,
    direction: "up",
    fields: {
      ids: "ids"
    },
    help: "Jobs that were not begun and are given back."
  },
  output: {
    kind: 24,
    direction: "up",
    fields: {
      id: "count",
      stream: "count",
      text: "text"
    },
    help: "A piece of a job's output. stream: 0 log, 1 stdout, 2 stderr."
  },
  progress: {
    kind: 25,
    direction: "up",
    fields: {
      id: "count",
      value: "any"
    },
    help: "How far a job is, in its own words."
  },
  finished: {
    kind: 26,
    direction: "up",
    fields: {
      id: "count",
      ending: "count",
      payload: "any",
      runMs: "number"
    },
    help: "A begun job ended. ending: 0 done, 1 failed, 2 aborted."
  },
  described: {
    kind: 27,
    direction: "up",
    fields: {
      request: "count",
      description: "any"
    },
    help: "Answer to describe."
  },
  pong: {
    kind: 29,
    direction: "up",
    fields: {
      nonce: "count"
    },
    help: "Answer to ping."
  },
  begins: {
    kind: 30,
    direction: "up",
    fields: {
      count: "count"
    },
    help: "Ahead of `began`, which counts them again: the next `count` jobs are begun now."
  },
  spawned: {
    kind: 31,
    direction: "up",
    fields: {
      id: "count",
      pid: "count"
    },
    help: "A command's process has run for 10 ms, or was started under limits; pid as the worker sees it."
  },
  held: {
    kind: 32,
    direction: "up",
    fields: {
      id: "count",
      heldMs: "number"
    },
    help: "A begun task goes on later; at first it held the thread for heldMs. Without this message it held it from its beginning to its end."
  },
  left: {
    kind: 33,
    direction: "up",
    fields: {
      run: "count"
    },
    help: "A command has ended; what it left behind carries this number in its mark."
  },
  used: {
    kind: 34,
    direction: "up",
    fields: {
      id: "count",
      cpuMs: "number",
      ioBytes: "count"
    },
    help: "What the kernel counted for a command that has exited, and for what it has waited for."
  },
  took: {
    kind: 35,
    direction: "up",
    fields: {
      id: "count",
      units: "any"
    },
    help: "What a begun job really took of the units of rates, by name: amounts."
  },
  violation: {
    kind: 36,
    direction: "up",
    fields: {
      operation: "count",
      permission: "text",
      asked: "text"
    },
    help: "An access was denied to a task. operation: 0 when it is not known whose."
  }
};
var byKind = [];
var directions = [];
for (const { kind: kind2, direction, fields } of Object.values(messages)) {
  byKind[kind2] = Object.values(fields);
  directions[kind2] = direction;
}
var isCount = (value) => Number.isSafeInteger(value) && value >= 0;
function fits(value, field) {
  switch (field) {
    case "count":
      return isCount(value);
    case "number":
      return typeof value === "number" && value >= 0 && value !== Infinity;
    case "text":
      return typeof value === "string";
    case "ids":
      return Array.isArray(value) && value.every(isCount);
    case "any":
      return true;
  }
}
var arity = (kind2) => byKind[kind2]?.length ?? 0;
function malformed(batch, direction) {
  for (let at = 0; at < batch.length; ) {
    const kind2 = batch[at];
    const fields = typeof kind2 === "number" ? byKind[kind2] : void 0;
    if (!fields || directions[kind2] !== direction) {
      return `unknown kind ${JSON.stringify(kind2)?.slice(0, 40)} at ${at}`;
    }
    if (at + fields.length >= batch.length) return `kind ${kind2} is cut short at ${at}`;
    for (let i = 0; i < fields.length; i++) {
      if (!fits(batch[at + 1 + i], fields[i])) {
        return `kind ${kind2} wants ${fields[i]} as field ${i + 1} at ${at}`;
      }
    }
    at += 1 + fields.length;
  }
  return null;
}
function encode(kind2, ...fields) {
  let text2 = String(kind2);
  for (const field of fields) text2 += "," + (JSON.stringify(field) ?? "null");
  return text2;
}
var encoder = new TextEncoder();
var decoder = new TextDecoder("utf-8", {
  fatal: true
});
function frame(items) {
  const text2 = `[${items}]`;
  let bytes = new Uint8Array(4 + text2.length);
  let { read, written } = encoder.encodeInto(text2, bytes.subarray(4));
  if (read < text2.length) {
    bytes = new Uint8Array(4 + text2.length * 3);
    ({ read, written } = encoder.encodeInto(text2, bytes.subarray(4)));
  }
  if (written > frameBytesMax) {
    throw new RangeError(`Cannot send frame as it must be <= ${frameBytesMax} bytes: it is ${written}`);
  }
  new DataView(bytes.buffer).setUint32(0, written, true);
  return bytes.subarray(0, 4 + written);
}
var Unframer = class {
  #held = new Uint8Array(64 * 1024);
  #length = 0;
  /** Where to read the next bytes to. */
  get room() {
    if (this.#held.length - this.#length < 16 * 1024) this.#grow(this.#held.length * 2);
    return this.#held.subarray(this.#length);
  }
  /**
   * Takes note that `count` bytes were read into `room` and hands each whole frame on. Throws
   * RangeError for a length over {@link frameBytesMax}, SyntaxError or TypeError for bad content.
   */
  took(count, onBatch) {
    this.#length += count;
    const held = this.#held;
    let at = 0;
    while (this.#length - at >= 4) {
      const size = held[at] + held[at + 1] * 256 + held[at + 2] * 65536 + held[at + 3] * 16777216;
      if (size > frameBytesMax) throw new RangeError(`frame of ${size} bytes`);
      if (this.#length - at - 4 < size) {
        if (size + 4 > held.length) this.#grow(size + 4);
        break;
      }
      const batch = JSON.parse(decoder.decode(held.subarray(at + 4, at + 4 + size)));
      if (!Array.isArray(batch)) throw new TypeError("frame is not an array");
      at += 4 + size;
      onBatch(batch);
    }
    if (at > 0) {
      this.#held.copyWithin(0, at, this.#length);
      this.#length -= at;
    }
  }
  #grow(size) {
    const larger = new Uint8Array(size);
    larger.set(this.#held.subarray(0, this.#length));
    this.#held = larger;
  }
};

// worker/beginnings.ts
var Beginnings = class {
  #count = 0;
  #heldMs = 0;
  /** One of them is no short one. */
  #isGrown = false;
  #say;
  /** `say` says a message. */
  constructor(say) {
    this.#say = say;
  }
  /** `count` jobs were begun, which held the thread for `heldMs`; with `mayWait` all may be short. */
  begun(count, heldMs, mayWait) {
    const isFirst = this.#count === 0;
    this.#count += count;
    this.#heldMs += heldMs;
    if (!mayWait || !isFirst || this.#isGrown) this.tell();
  }
  /** A command runs on: its beginning does not wait for its end. */
  grown() {
    this.#isGrown = true;
    this.tell();
  }
  /** Tells of what was begun. To be called before anything else is said of a job. */
  tell() {
    if (this.#count === 0) return;
    this.#say(`${messages.began.kind},${this.#count},${Math.round(this.#heldMs * 1e3) / 1e3}`);
    this.#count = this.#heldMs = 0;
    this.#isGrown = false;
  }
};

// worker/rates.ts
var progressPerS = 20;
var logsPerS = 1e3;
var outputCharsPerS = 256 * 1024;
var Rates = class {
  #second = 0;
  #lines = 0;
  #outputChars = 0;
  #reports = /* @__PURE__ */ new Map();
  /** Whether another line fits: `last` for the first one that does not. */
  line() {
    this.#turn();
    this.#lines++;
    return this.#lines <= logsPerS ? "yes" : this.#lines === logsPerS + 1 ? "last" : "no";
  }
  /** Whether another report of job `id` fits. */
  report(id) {
    this.#turn();
    const reports = (this.#reports.get(id) ?? 0) + 1;
    this.#reports.set(id, reports);
    return reports <= progressPerS;
  }
  /** Whether so much more output fits. */
  output(chars) {
    this.#turn();
    if (this.#outputChars + chars > outputCharsPerS) return false;
    this.#outputChars += chars;
    return true;
  }
  #turn() {
    const second = Math.floor(performance.now() / 1e3);
    if (second === this.#second) return;
    this.#second = second;
    this.#lines = this.#outputChars = 0;
    this.#reports.clear();
  }
};

// worker/chatter.ts
var logCharsMax = 8192;
var reportCharsMax = 65536;
var Chatter = class {
  #rates = new Rates();
  #link;
  #say;
  /** `say` says a message; while `link` is clogged there are none. */
  constructor(link2, say) {
    this.#link = link2;
    this.#say = say;
  }
  /** A line of a job's log. */
  line(id, value) {
    if (this.#link.clogged) return;
    const fits2 = this.#rates.line();
    if (fits2 === "yes") this.#write(id, 0, String(value).slice(0, logCharsMax));
    else if (fits2 === "last") this.#write(id, 0, "\u2026 more lines are left out this second");
  }
  /** How far a job is. */
  report(id, value) {
    if (this.#link.clogged || !this.#rates.report(id)) return;
    const item = encode(messages.progress.kind, id, value);
    if (item.length < reportCharsMax) this.#say(item);
  }
  /** What a command has written; beyond the bound only that it has, and false. */
  output(id, stream, text2) {
    if (this.#link.clogged) return false;
    const fits2 = this.#rates.output(text2.length);
    this.#write(id, stream, fits2 ? text2 : "");
    return fits2;
  }
  #write(id, stream, text2) {
    this.#say(encode(messages.output.kind, id, stream, text2));
  }
};

// worker/collect.ts
var collector = null;
async function collectGarbage() {
  if (collector === null) {
    const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
      import("node:v8"),
      import("node:vm")
    ]);
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc");
  }
  collector();
}

// worker/capture.ts
var Capture = class {
  #keepBytes;
  #spill;
  #head = [];
  #size = 0;
  #tail = null;
  #file = null;
  /** Nothing yet. */
  constructor({ keepBytes, spill }) {
    this.#keepBytes = keepBytes;
    this.#spill = spill;
  }
  /** Takes the next piece of the stream. */
  take(bytes) {
    const room = Math.max(0, this.#keepBytes - this.#size);
    this.#size += bytes.length;
    if (this.#file) writeAll(this.#file.open, bytes);
    else if (bytes.length <= room) this.#head.push(bytes);
    else if (this.#spill !== null) this.#spillOver(this.#spill, bytes);
    else {
      if (room > 0) this.#head.push(bytes.subarray(0, room));
      this.#tail ??= new Tail(this.#keepBytes);
      this.#tail.push(bytes.subarray(room));
    }
  }
  /** The stream has ended. */
  end() {
    if (this.#file) {
      this.#file.open.close();
      return {
        file: this.#file.path,
        droppedBytes: 0
      };
    }
    const tail = this.#tail;
    const parts2 = tail ? [
      ...this.#head,
      ...tail.parts()
    ] : this.#head;
    return {
      ...asText(join(parts2)),
      droppedBytes: tail?.droppedBytes ?? 0
    };
  }
  #spillOver(folder, bytes) {
    const path2 = Deno.makeTempFileSync({
      dir: folder,
      prefix: "output-"
    });
    this.#file = {
      path: path2,
      open: Deno.openSync(path2, {
        write: true
      })
    };
    for (const chunk of this.#head) writeAll(this.#file.open, chunk);
    writeAll(this.#file.open, bytes);
    this.#head.length = 0;
  }
};
function writeAll(file, bytes) {
  for (let at = 0; at < bytes.length; ) at += file.writeSync(bytes.subarray(at));
}
var Tail = class {
  #chunks = [];
  #held = 0;
  droppedBytes = 0;
  #keepBytes;
  constructor(keepBytes) {
    this.#keepBytes = keepBytes;
  }
  push(bytes) {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    while (this.#held > this.#keepBytes) {
      const first = this.#chunks[0];
      const excess = Math.min(first.length, this.#held - this.#keepBytes);
      if (excess === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(excess);
      this.#held -= excess;
      this.droppedBytes += excess;
    }
  }
  parts() {
    return this.#chunks;
  }
};
function join(chunks) {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
var decoder2 = new TextDecoder("utf-8", {
  fatal: true,
  ignoreBOM: true
});
function asText(bytes) {
  if (bytes.length === 0) return {
    text: ""
  };
  try {
    return {
      text: decoder2.decode(bytes)
    };
  } catch {
    return {
      base64: bytes.toBase64()
    };
  }
}

// worker/child.ts
var shortMs = 4;

// worker/feed.ts
var pieceChars = 16 * 1024;
async function feed(stream, text2, patienceMs) {
  const writer = stream.getWriter();
  const encoder3 = new TextEncoder();
  try {
    for (let at = 0; at < text2.length; ) {
      const piece = text2.slice(at, end(text2, at));
      if (!await inTime(writer.write(encoder3.encode(piece)), patienceMs)) return false;
      at += piece.length;
    }
    await writer.close();
  } catch {
  }
  return true;
}
function end(text2, at) {
  const to = at + pieceChars;
  const half = text2.charCodeAt(to - 1);
  return to < text2.length && half >= 55296 && half < 56320 ? to - 1 : to;
}
async function inTime(work, ms) {
  let timer;
  const late = new Promise((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([
      work.then(() => true),
      late
    ]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {
    });
  }
}

// worker/live.ts
var everyMs = 100;
var windowBytes = 8 * 1024;
var Moment = class {
  #chunks = [];
  #size = 0;
  #skippedBytes = 0;
  #decoder = new TextDecoder();
  take(bytes) {
    const room = windowBytes - this.#size;
    if (room > 0) this.#chunks.push(bytes.length <= room ? bytes : bytes.subarray(0, room));
    this.#size += Math.min(room, bytes.length);
    this.#skippedBytes += Math.max(0, bytes.length - room);
  }
  tell(stream, tell) {
    if (this.#size === 0) return;
    let text2 = "";
    for (const chunk of this.#chunks) text2 += this.#decoder.decode(chunk, {
      stream: true
    });
    if (this.#skippedBytes > 0) {
      text2 += `${this.#decoder.decode()}
\u2026 ${this.#skippedBytes} bytes are left out
`;
    }
    const bytes = this.#size + this.#skippedBytes;
    this.#chunks = [];
    this.#size = 0;
    this.#skippedBytes = tell(stream, text2) ? 0 : bytes;
  }
};
var Live = class {
  #tell;
  #moments = [];
  #timer;
  #told = false;
  /** `tell` passes pieces on. */
  constructor(tell) {
    this.#tell = tell;
  }
  /** The command has written something. The bytes are not changed any more. */
  take(stream, bytes) {
    (this.#moments[stream] ??= new Moment()).take(bytes);
    this.#timer ??= setTimeout(() => this.#flush(), everyMs);
  }
  /** The command has ended; what is left is told where something was told before. */
  end() {
    clearTimeout(this.#timer);
    if (this.#told) this.#flush();
  }
  #flush() {
    this.#timer = void 0;
    this.#told = true;
    this.#moments[1]?.tell(1, this.#tell);
    this.#moments[2]?.tell(2, this.#tell);
  }
};

// worker/denials.ts
var denialsPerS = 100;
var askedCharsMax = 512;
var { defineProperty, preventExtensions, setPrototypeOf } = Object;
var { construct } = Reflect;
var { NotCapable } = Deno.errors;
var { performance: performance2 } = globalThis;
var Refused = class extends NotCapable {
  /** `asked` is what was touched. */
  constructor(permission, asked) {
    super(`Requires ${permission} access to ${JSON.stringify(asked)}, which no sandbox has`);
  }
};
var required = /^Requires (\w+) access(?: to (.+?))?, (?:run again|which)/s;
function denialOf(message) {
  const [, permission, asked = ""] = required.exec(message) ?? [];
  return permission === void 0 ? null : {
    permission,
    asked: asked.replaceAll('"', "")
  };
}
var unusual = (message) => ({
  permission: /--allow-(\w+)/.exec(message)?.[1] ?? "unknown",
  asked: message
});
function watchDenials(hear) {
  const Heard = function(message) {
    const error2 = construct(Error, [
      message
    ], new.target);
    const said = String(message);
    hear(denialOf(said) ?? unusual(said), () => String(error2.stack));
    return error2;
  };
  Heard.prototype = Error.prototype;
  setPrototypeOf(NotCapable, Heard);
  preventExtensions(NotCapable);
  defineProperty(TypeError.prototype, "code", {
    get: () => void 0,
    set(value) {
      const own = {
        value,
        writable: true,
        enumerable: true,
        configurable: true
      };
      defineProperty(this, "code", own);
      const denial = value === "ERR_MODULE_NOT_FOUND" ? denialOf(this.message) : null;
      if (denial) hear(denial, () => String(this.stack));
    },
    configurable: false
  });
}
var Denials = class {
  #say;
  #sources = [];
  #second = 0;
  #told = 0;
  /** `say` takes messages for the parent. */
  constructor(say) {
    this.#say = say;
  }
  /** Operation `number` is the module at `source`. */
  define(number, source) {
    this.#sources[number] = source;
  }
  /** Something was denied to code with that stack. */
  heard({ permission, asked }, stack) {
    const second = Math.floor(performance2.now() / 1e3);
    if (second !== this.#second) this.#told = 0;
    this.#second = second;
    if (this.#told++ >= denialsPerS) return;
    const operation = this.#culprit(stack);
    const fields = [
      operation,
      permission,
      asked.slice(0, askedCharsMax)
    ];
    this.#say(encode(messages.violation.kind, ...fields));
  }
  /** The operation whose module is on the stack, 0 when none is. */
  #culprit(stack) {
    try {
      const text2 = stack();
      return Math.max(0, this.#sources.findIndex((source) => source && text2.includes(source)));
    } catch {
      return 0;
    }
  }
};

// worker/tasks.ts
var stringify = JSON.stringify;
var failed = (category, code, message, retryAfterMs) => ({
  ending: 1,
  payload: stringify({
    category,
    code,
    message: message.slice(0, 4096),
    retryAfterMs
  })
});
async function loadTask(source) {
  let exported;
  try {
    exported = await import(source);
  } catch (error2) {
    throw new LoadError(isDenied(error2) ? "permission_denied" : "task_load_failed", `Cannot load ${source}: ${error2 instanceof Error ? error2.message : String(error2)}`);
  }
  const task = exported["default"];
  if (task === void 0) {
    throw new LoadError("no_default_export", `${source} has no default export`);
  }
  if (task?.kind !== "flyball.task" || typeof task.run !== "function") {
    throw new LoadError("not_a_task", `The default export of ${source} must be made with defineTask: it is ${typeof task}`);
  }
  return task;
}
var LoadError = class extends Error {
  /** A stable word: `task_load_failed`, `no_default_export`, … */
  code;
  /** Says why with a stable `code`. */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
};
function unloadable(error2) {
  const code = "code" in error2 ? String(error2.code) : "task_load_failed";
  return failed(code === "permission_denied" ? "permission" : "spawn", code, error2.message);
}
var JobContext = class {
  attempt;
  trace;
  /** True once the job has ended; nothing it says counts any more. */
  over = false;
  #id;
  #teller;
  #controller = null;
  #because = null;
  #took = null;
  /** `teller` carries log lines and progress of job `id` to the parent. */
  constructor(id, attempt, trace, teller) {
    this.#id = id;
    this.attempt = attempt;
    this.trace = trace;
    this.#teller = teller;
  }
  get signal() {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#because !== null) this.#controller.abort(abortion(this.#because));
    }
    return this.#controller.signal;
  }
  get aborted() {
    return this.#because !== null;
  }
  get folder() {
    if (this.over) throw new TypeError("The job has ended and its folder is gone");
    return this.#teller.folder(this.#id);
  }
  /** The job has ended; now it is known what it took. */
  end() {
    this.over = true;
    if (this.#took !== null) this.#teller.tell(this.#id, "took", this.#took);
  }
  abort(because) {
    this.#because ??= because;
    this.#controller?.abort(abortion(because));
  }
  // Tasks take their context apart, so what they are given works alone.
  get log() {
    return (text2) => this.over || this.#teller.tell(this.#id, "log", text2);
  }
  get took() {
    return (units) => {
      for (const [unit, amount] of Object.entries(units)) {
        if (!(amount >= 0 && amount < Infinity)) {
          throw new TypeError(`took: ${unit} must be a number >= 0, given ${String(amount)}`);
        }
        this.#took = {
          ...this.#took,
          [unit]: Number(amount)
        };
      }
    };
  }
  get progress() {
    return (value) => this.over || this.#teller.tell(this.#id, "progress", value);
  }
};
var abortion = (because) => new DOMException(because, "AbortError");
function runTask(task, input, context) {
  if (task.input || task.output) return runChecked(task, input, context);
  try {
    const output = task.run(input, context);
    return output instanceof Promise ? output.then((value) => ended(value, context), (error2) => threw(error2, context)) : ended(output, context);
  } catch (error2) {
    return threw(error2, context);
  }
}
async function runChecked(task, input, context) {
  try {
    const checked = await check("input", task.input, input);
    if (typeof checked === "string") {
      return failed("validation", "invalid_input", checked);
    }
    const output = await task.run(checked.value, context);
    const believed = await check("output", task.output, output);
    if (typeof believed === "string") {
      return failed("validation", "invalid_output", believed);
    }
    return ended(believed.value, context);
  } catch (error2) {
    return threw(error2, context);
  }
}
async function check(name, schema, value) {
  if (!schema) return {
    value
  };
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return {
    value: result.value
  };
  return result.issues.slice(0, 5).map(({ message, path: path2 }) => {
    const keys = (path2 ?? []).map((part) => String(typeof part === "object" ? part.key : part));
    return `${[
      name,
      ...keys
    ].join(".")}: ${message}`;
  }).join("; ");
}
function ended(output, context) {
  if (context.aborted) return {
    ending: 2,
    payload: "null"
  };
  if (typeof output === "number" && output - output === 0) {
    return {
      ending: 0,
      payload: String(output)
    };
  }
  if (output === void 0) return {
    ending: 0,
    payload: "null"
  };
  try {
    const payload2 = stringify(output);
    if (payload2 !== void 0) return {
      ending: 0,
      payload: payload2
    };
    return failed("validation", "output_not_json", `The output is not JSON: a ${typeof output}`);
  } catch (error2) {
    return failed("validation", "output_not_json", `The output is not JSON: ${text(error2)}`);
  }
}
function threw(error2, context) {
  if (context.aborted) return {
    ending: 2,
    payload: "null"
  };
  if (isDenied(error2)) {
    return failed("permission", "permission_denied", text(error2));
  }
  return failed("exit", "task_threw", text(error2), waitOf(error2));
}
function waitOf(error2) {
  const ms = typeof error2 === "object" && error2 !== null && "retryAfterMs" in error2 ? error2.retryAfterMs : void 0;
  return typeof ms === "number" && ms >= 0 && ms < Infinity ? ms : void 0;
}
var isDenied = (error2) => error2 instanceof Deno.errors.NotCapable || error2 instanceof TypeError && denialOf(error2.message) !== null;
var text = (error2) => error2 instanceof Error ? `${error2.name}: ${error2.message}` : String(error2);

// worker/spawn_failure.ts
var codes = {
  2: [
    "command_not_found",
    "was not found"
  ],
  7: [
    "argument_list_too_long",
    "got more arguments and environment than the system takes"
  ],
  8: [
    "not_executable",
    "is not in a form that can be run"
  ],
  11: [
    "too_many_processes",
    "could not be started: no more processes are allowed now"
  ],
  12: [
    "not_enough_memory",
    "could not be started: the system has no memory left"
  ],
  13: [
    "not_executable",
    "is not executable"
  ],
  20: [
    "command_not_found",
    "was not found: a part of its path is no folder"
  ],
  23: [
    "too_many_open_files",
    "could not be started: the system has too many files open"
  ],
  24: [
    "too_many_open_files",
    "could not be started: too many files are open"
  ],
  26: [
    "executable_busy",
    "is being written to"
  ],
  40: [
    "command_not_found",
    "was not found: too many links on the way"
  ]
};
function spawnFailure(program, error2) {
  const message = error2 instanceof Error ? error2.message : String(error2);
  const [code, meaning] = codes[Number(/\(os error (\d+)\)/.exec(message)?.[1])] ?? [
    "spawn_failed",
    "could not be started"
  ];
  return failed("spawn", code, `${program} ${meaning} (${message})`);
}

// worker/find_program.ts
var knownMs = 1e3;
var knownMax = 256;
var known = /* @__PURE__ */ new Map();
var knownCount = 0;
function findProgram(program, cwd, path2) {
  if (program.includes("/")) {
    return look(program, [
      program.startsWith("/") ? program : `${cwd}/${program}`
    ]);
  }
  const nowMs = performance.now();
  const before = known.get(path2)?.get(program);
  if (before && nowMs < before.untilMs) return before.place;
  const place2 = look(program, path2.split(":").map((folder) => `${folder}/${program}`));
  if (typeof place2 === "string") remember(program, path2, place2, nowMs + knownMs);
  return place2;
}
function remember(program, path2, place2, untilMs) {
  if (knownCount >= knownMax) {
    known.clear();
    knownCount = 0;
  }
  let here = known.get(path2);
  if (!here) known.set(path2, here = /* @__PURE__ */ new Map());
  if (!here.has(program)) knownCount++;
  here.set(program, {
    place: place2,
    untilMs
  });
}
function look(program, places) {
  let found = false;
  for (const place2 of places) {
    try {
      const { isFile, mode: mode2 } = Deno.statSync(place2);
      if (!isFile) continue;
      found = true;
      if (mode2 === null || mode2 & 73) return place2;
    } catch {
    }
  }
  return found ? failed("spawn", "not_executable", `${program} is not executable`) : failed("spawn", "command_not_found", `${program} was not found`);
}

// worker/commands.ts
var untoldMs = 10;
var drainMs = 500;
var stdinPatienceMs = 5e3;
var markName = "FLYBALL_MARK";
var mark;
var ownMark = () => mark ??= Deno.env.get(markName) ?? "";
var CommandRun = class _CommandRun {
  #child = null;
  #exit = null;
  #aborted = false;
  /** What we have ended it for. */
  #failure = null;
  #grace;
  /** Its own folder, and whom it tells how it has ended. */
  #folder = null;
  #ended = () => {
  };
  #id;
  #input;
  /** What many commands are given, and what only this one is besides its own variables. */
  #environment;
  #trace;
  #parts;
  /** Made when something is written: most commands write to one stream, or none. */
  #out = null;
  #err = null;
  #live = null;
  #announcing;
  #late;
  static #begun = 0;
  /** No other command of this worker has it. */
  number = ++_CommandRun.#begun;
  /** The command of a job, which may have variables of its `trace`; `run` starts it. */
  constructor({ id, input, environment: environment2 }, trace, parts2) {
    this.#id = id;
    this.#input = input;
    this.#environment = environment2;
    this.#trace = trace;
    this.#parts = parts2;
  }
  /** What it has used, where somebody has counted. */
  get used() {
    return this.#exit?.used ?? null;
  }
  /** Starts the command and tells `ended` how it ended: once, and before it returns if it can't start. */
  run(ended2) {
    this.#ended = ended2;
    if (this.#input.folder) {
      try {
        this.#folder = this.#parts.folders.make();
      } catch (error2) {
        const because = error2 instanceof Error ? error2.message : String(error2);
        return ended2(failed("spawn", "no_folder", because));
      }
    }
    const program = this.#program();
    if ("ending" in program) return this.#end(program);
    try {
      this.#child = this.#parts.launch(program, this);
    } catch (error2) {
      return this.#end(this.#misplaced() ?? spawnFailure(this.#input.argv[0], error2));
    }
    const { stdin, words } = this.#input;
    if (words) this.#parts.spawned(this.#id, this.#child.pid);
    if (stdin === null) return;
    feed(this.#child.stdin, stdin, stdinPatienceMs).then((taken) => taken || this.#fail(unread));
  }
  /** It has written something. */
  wrote(stream, bytes) {
    const capture = stream === 1 ? this.#out ??= new Capture(this.#input) : this.#err ??= new Capture(this.#input);
    capture.take(bytes);
    this.#live ??= new Live((stream2, text2) => this.#parts.tell(this.#id, stream2, text2));
    this.#live.take(stream, bytes);
  }
  /** Its process has exited. */
  exited(exit) {
    this.#exit = exit;
    if (this.#announcing) clearTimeout(this.#announcing);
    if (this.#grace) clearTimeout(this.#grace);
    const child = this.#child;
    child.signal("SIGKILL");
    if (child.isOpen) this.#late = setTimeout(() => child.stop(), drainMs);
    else this.closed();
  }
  /** It has exited and all that it wrote was taken. */
  closed() {
    if (this.#late) clearTimeout(this.#late);
    this.#live?.end();
    const failure = this.#aborted ? null : this.#failure;
    const [out, err] = [
      this.#out?.end() ?? nothing,
      this.#err?.end() ?? nothing
    ];
    const told = payload(this.#exit, out, err, failure);
    if (this.#aborted) return this.#end({
      ending: 2,
      payload: told
    });
    this.#end({
      ending: this.#exit.code === 0 && !failure ? 0 : 1,
      payload: told
    });
  }
  #end(ended2) {
    const dropping = this.#folder === null ? null : this.#parts.folders.drop(this.#folder);
    if (dropping === null) this.#ended(ended2);
    else dropping.then(() => this.#ended(ended2));
  }
  /** What is to be started, or why it can't be. */
  #program() {
    const folder = this.#folder;
    const { argv, stdin, words = [] } = this.#input;
    const environment2 = this.#environment;
    const env = {
      ...folder !== null && {
        HOME: folder,
        TMPDIR: folder
      },
      ...this.#trace,
      ...this.#input.env,
      // By our mark it is found wherever it goes, even in a session of its own.
      [markName]: `${ownMark()}/${this.number}`
    };
    const cwd = this.#input.cwd ?? folder ?? "/";
    const path2 = env["PATH"] ?? environment2["PATH"] ?? "";
    const found = findProgram(argv[0], cwd, path2);
    if (typeof found !== "string") return this.#misplaced() ?? found;
    const name = argv[0].startsWith("-") ? found : argv[0];
    const first = words.length === 0 ? found : findProgram(words[0], cwd, path2);
    if (typeof first !== "string") return this.#misplaced() ?? first;
    const all = words.length === 0 && name === argv[0] ? argv : [
      ...words,
      name,
      ...argv.slice(1)
    ];
    return {
      path: first,
      argv: all,
      cwd,
      environment: environment2,
      env,
      hasInput: stdin !== null
    };
  }
  /** Why it can't run where it should, null where it can. */
  #misplaced() {
    const folder = this.#folder;
    const cwd = this.#input.cwd ?? folder ?? "/";
    const wrong = cwd === folder ? null : folderFlaw(cwd);
    return wrong === null ? null : failed("spawn", "cwd_not_found", `cwd ${cwd} ${wrong}`);
  }
  /** It has outlived the short ones; who has this, too, is told of. */
  grown() {
    this.#parts.grown();
    if (this.#input.words || this.#exit) return;
    const told = () => this.#parts.spawned(this.#id, this.#child.pid);
    this.#announcing = setTimeout(told, untoldMs - shortMs);
  }
  /** SIGTERM to the whole session, SIGKILL when the grace is over. */
  abort() {
    if (this.#aborted || this.#exit) return;
    this.#aborted = true;
    this.#stop();
  }
  /** Ends the command for a reason of our own, noted before the first signal. */
  #fail(failure) {
    if (this.#exit || this.#aborted) return;
    this.#failure = failure;
    this.#stop();
  }
  #stop() {
    this.#child?.signal("SIGTERM");
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.#exit || this.#child?.signal("SIGKILL"), this.#input.graceMs);
  }
};
var unread = {
  category: "timeout",
  code: "stdin_timeout",
  message: `Took nothing of its input for ${stdinPatienceMs / 1e3} s`
};
var nothing = {
  text: "",
  droppedBytes: 0
};
function payload(exit, out, err, failure) {
  return JSON.stringify({
    ...failure,
    exitCode: exit.code,
    signal: exit.signal,
    stdout: out.text ?? "",
    stderr: err.text ?? "",
    stdoutBase64: out.base64,
    stderrBase64: err.base64,
    stdoutFile: out.file,
    stderrFile: err.file,
    droppedBytes: out.droppedBytes + err.droppedBytes
  });
}
function folderFlaw(path2) {
  try {
    return Deno.statSync(path2).isDirectory ? null : "is not a directory";
  } catch {
    return "does not exist";
  }
}

// worker/fitting.ts
var fitting = (ended2) => ended2.payload.length <= messageCharsMax - 100 ? ended2 : failed("validation", "output_too_large", `The output has ${ended2.payload.length} characters of JSON, the limit is ${messageCharsMax}`);

// worker/own.ts
var { subtle } = crypto;
var { digest } = SubtleCrypto.prototype;
var { then } = Promise.prototype;
var some = new Uint8Array(16384);
var soon = (fn) => void then.call(digest.call(subtle, "SHA-256", some), fn);
var timeout = (() => {
  const { get, value } = Object.getOwnPropertyDescriptor(globalThis, "setTimeout");
  return () => get ? get.call(globalThis) : value;
})();
var later = (fn, ms) => void timeout()(fn, ms);

// worker/start.ts
var startOf = (batch, at, environment2) => ({
  id: batch[at],
  attempt: batch[at + 1],
  operation: batch[at + 2],
  input: batch[at + 3],
  timeoutMs: batch[at + 4],
  trace: batch[at + 5],
  environment: environment2
});

// worker/tracing.ts
var registered = Symbol.for("opentelemetry.js.api.1");
var spanKey = Symbol.for("OpenTelemetry Context Key SPAN");
var error = 2;
var getter = {
  get: (carrier, name) => carrier[name],
  keys: (carrier) => Object.keys(carrier)
};
var telemetry = Reflect.get(globalThis, registered);
var tracer = telemetry?.trace?.getTracer("flyball-worker");
function spanOf({ trace, attempt }, source) {
  if (telemetry === void 0 || tracer === void 0 || !isRecorded(trace)) return null;
  const { context, propagation } = telemetry;
  const parent = propagation.extract(context.active(), {
    traceparent: trace
  }, getter);
  const name = source === "" ? "command" : source.slice(source.lastIndexOf("/") + 1);
  const span = tracer.startSpan(name, {
    attributes: {
      "flyball.attempt": attempt
    }
  }, parent);
  const { traceId, spanId } = span.spanContext();
  const end2 = (ended2) => {
    if (ended2.ending !== 0) span.setStatus({
      code: error
    });
    span.end();
    return ended2;
  };
  return {
    trace: `00-${traceId}-${spanId}-01`,
    around(run) {
      const ended2 = context.with(parent.setValue(spanKey, span), run);
      return ended2 instanceof Promise ? ended2.then(end2) : end2(ended2);
    }
  };
}
var isRecorded = (trace) => (parseInt(trace.slice(-1), 16) & 1) === 1;
var traceVariables = (trace) => trace === "" ? {} : {
  TRACEPARENT: trace
};

// worker/voice.ts
var voiceOf = (say, chatter, beginnings) => ({
  tell: (id, stream, text2) => chatter.output(id, stream, text2),
  spawned: (id, pid) => say(`${messages.spawned.kind},${id},${pid}`),
  grown: () => beginnings.grown()
});
function lastWords(id, { used, number }) {
  const left = `${messages.left.kind},${number}`;
  return used ? `${messages.used.kind},${id},${used.cpuMs},${used.ioBytes},${left}` : left;
}

// worker/bench.ts
var sliceMs = 2;
var Bench = class {
  #waiting = [];
  #head = 0;
  /** Begun jobs that have not ended, by id: ids are small and given out again. */
  #running = [];
  #runningCount = 0;
  #operations = [];
  /** What commands that come from now on are given besides variables of their own. */
  environment = {};
  #sources = [];
  #link;
  #parts;
  /** What all commands are run with. */
  #commandParts;
  #stopping = false;
  /** What is said in this slice, to be told after what was begun in it. */
  #after = null;
  #saying = (item) => this.#say(item);
  #underWay = () => this.#runningCount;
  #parent = {
    hear: () => this.#link.hear() && !this.#pumping,
    flush: () => this.#link.flush()
  };
  #beginnings;
  #chatter;
  #pumping = false;
  #collecting = false;
  /** A bench without jobs. */
  constructor(link2, parts2) {
    this.#link = link2;
    this.#parts = parts2;
    this.#beginnings = new Beginnings((item) => link2.say(item));
    this.#chatter = new Chatter(link2, this.#saying);
    this.#commandParts = {
      ...parts2,
      ...voiceOf(this.#saying, this.#chatter, this.#beginnings)
    };
  }
  /** Gives an operation its number. */
  define(operation, source) {
    this.#sources[operation] = source;
    if (source === "") {
      this.#operations[operation] = "command";
      return;
    }
    const loading = loadTask(source);
    this.#operations[operation] = loading;
    loading.then((task) => this.#operations[operation] = task, (error2) => this.#operations[operation] = error2);
  }
  /** Puts the `start` message whose fields begin at `at` behind those that wait. */
  add(batch, at) {
    this.#waiting.push(startOf(batch, at, this.environment));
  }
  /** Aborts a begun job; one that waits is returned. */
  cancel(id, because) {
    const running = this.#running[id];
    if (running) return running.abort(because);
    const at = this.#waiting.findIndex((job2, i) => i >= this.#head && job2.id === id);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#link.say(encode(messages.returned.kind, [
      id
    ]));
  }
  /** Returns the last `count` jobs that wait. */
  giveBack(count) {
    const waiting = this.#waiting.length - this.#head;
    const back = this.#waiting.splice(this.#waiting.length - Math.min(count, waiting));
    this.#link.say(encode(messages.returned.kind, back.map(({ id }) => id)));
  }
  /** Returns what waits and ends the process when what runs has ended. */
  stop() {
    this.#stopping = true;
    this.giveBack(Infinity);
    this.#leaveIfEmpty();
  }
  /** Collects garbage: `atOnce`, or when no job runs. */
  collect(atOnce) {
    this.#collecting = !atOnce && this.#runningCount > 0;
    if (!this.#collecting) void collectGarbage();
  }
  /** Something was heard: begins what waits, a slice at a time. */
  pump() {
    if (!this.#pumping) this.#slice();
  }
  /** Begins waiting jobs until none is left or the thread was held long enough. */
  #slice() {
    const from = performance.now();
    let now = from;
    let count = 0;
    let announced = 0;
    let clogged = false;
    const after = this.#after = [];
    while (this.#head < this.#waiting.length && now - from < sliceMs) {
      const job2 = this.#waiting[this.#head];
      if (this.#isAnnounced(job2, announced > 0)) {
        clogged = !this.#announce(count + 1 - announced, after);
        if (clogged) break;
        announced = count + 1;
      }
      this.#head++;
      count++;
      now = this.#begin(job2, now);
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = this.#head = 0;
    } else if (this.#head > 1024) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    this.#after = null;
    this.#pumping = this.#head < this.#waiting.length;
    const mayWait = after.length === 0 && !this.#pumping;
    if (count > 0) this.#beginnings.begun(count, now - from, mayWait);
    for (const item of after) this.#link.say(item);
    if (!this.#pumping) return;
    if (clogged) return void this.#link.drained().then(() => this.#slice());
    soon(() => {
      this.#slice();
      this.#link.rest();
    });
  }
  /**
   * Whether the parent must know that a job is begun before it is: should it hold the thread past
   * its time, the parent has to tell it from those that run here and go on.
   */
  #isAnnounced({ operation, timeoutMs }, any) {
    if (timeoutMs === 0 || this.#operations[operation] === "command") return false;
    return timeoutMs <= announcedMs || this.#runningCount > 0 && !any;
  }
  /** Tells what is begun and has ended, and has it sent at once; false when the wire is not free. */
  #announce(count, ended2) {
    if (!this.#link.free) return false;
    this.#link.say(`${messages.begins.kind},${count}`);
    for (const item of ended2.splice(0)) this.#link.say(item);
    this.#link.flushNow();
    return true;
  }
  /** Begins one job; returns the time when the thread was free again. */
  #begin(job2, beganMs) {
    const operation = this.#operations[job2.operation];
    const span = job2.trace === "" ? null : spanOf(job2, this.#sources[job2.operation] ?? "");
    const trace = span?.trace ?? job2.trace;
    if (operation === "command") {
      const run = new CommandRun(job2, traceVariables(trace), this.#commandParts);
      this.#hold(job2.id, run);
      const told = (end2) => this.#ended(job2.id, run, end2, beganMs);
      if (span === null) run.run(told);
      else {
        const ran = () => new Promise((resolve) => run.run(resolve));
        Promise.resolve(span.around(ran)).then(told);
      }
      return performance.now();
    }
    const context = new JobContext(job2.id, job2.attempt, trace, this);
    const ended2 = span === null ? this.#runTask(operation, job2, context) : span.around(() => this.#runTask(operation, job2, context));
    const freeMs = performance.now();
    if (ended2 instanceof Promise) {
      this.#say(`${messages.held.kind},${job2.id},${round(freeMs - beganMs)}`);
      this.#hold(job2.id, context);
      ended2.then((end2) => this.#ended(job2.id, context, end2, beganMs));
    } else {
      context.end();
      this.#finish(job2.id, ended2, freeMs - beganMs);
    }
    return freeMs;
  }
  #runTask(operation, job2, context) {
    if (operation === void 0) return failed("protocol", "unknown_operation", "not defined");
    if (operation instanceof Error) return unloadable(operation);
    if (!(operation instanceof Promise)) return runTask(operation, job2.input, context);
    return operation.then((task) => runTask(task, job2.input, context), unloadable);
  }
  #hold(id, running) {
    this.#running[id] = running;
    this.#runningCount++;
  }
  #ended(id, running, end2, beganMs) {
    this.#running[id] = void 0;
    this.#runningCount--;
    if (running instanceof JobContext) running.end();
    else this.#say(lastWords(id, running));
    this.#finish(id, end2, performance.now() - beganMs);
    if (this.#collecting && this.#runningCount === 0) this.collect(true);
  }
  /** Nothing else is to be done: waits for short commands, unless more is begun in a later turn. */
  attend() {
    if (!this.#pumping) this.#parts.attend(this.#parent, this.#underWay);
  }
  /** The folder of a task's job. */
  folder(id) {
    return this.#parts.folders.lend(id);
  }
  #finish(id, ended2, runMs) {
    if (!this.#parts.folders.has(id)) return this.#report(id, ended2, runMs);
    this.#runningCount++;
    this.#parts.folders.takeBack(id).then(() => {
      this.#runningCount--;
      this.#report(id, ended2, runMs);
    });
  }
  #report(id, ended2, runMs) {
    const { ending, payload: payload2 } = fitting(ended2);
    const item = `${messages.finished.kind},${id},${ending},${payload2},${round(runMs)}`;
    this.#say(item);
    if (this.#stopping) this.#leaveIfEmpty();
  }
  #say(item) {
    if (this.#after) return void this.#after.push(item);
    this.#beginnings.tell();
    this.#link.say(item);
  }
  #leaveIfEmpty() {
    if (!this.#stopping || this.#runningCount > 0 || this.#head < this.#waiting.length) return;
    this.#link.drained().then(() => Deno.exit(0));
  }
  /** Passes a log line or progress on, each at a bounded rate, and what a job took. */
  tell(id, kind2, value) {
    if (kind2 === "took") this.#say(encode(messages.took.kind, id, value));
    else if (kind2 === "log") this.#chatter.line(id, value);
    else this.#chatter.report(id, value);
  }
};
var round = (ms) => Math.round(ms * 1e3) / 1e3;

// worker/describe.ts
async function describe(source) {
  try {
    const task = await loadTask(source);
    return {
      ok: true,
      permissions: task.permissions ?? {},
      cache: task.cache ?? null,
      inputSchema: jsonSchema(task.input),
      outputSchema: jsonSchema(task.output)
    };
  } catch (error2) {
    if (!(error2 instanceof LoadError)) throw error2;
    return {
      ok: false,
      code: error2.code,
      message: error2.message
    };
  }
}
function jsonSchema(schema) {
  try {
    const standard = schema?.["~standard"];
    return standard?.jsonSchema?.input?.({
      target: "draft-2020-12"
    }) ?? null;
  } catch {
    return null;
  }
}

// worker/folders.ts
var mode = 448;
var triesMax = 3;
var leftMax = 64;
var Folders = class {
  #root;
  #isShared;
  #made = 0;
  /** Folders that were left as they were made; making and removing one takes 0.3 ms of CPU. */
  #free = [];
  /** Folders that could not be removed; they are tried again at each ending. */
  #left = /* @__PURE__ */ new Set();
  /** Folders of tasks, by job; commands know theirs. */
  #lent = /* @__PURE__ */ new Map();
  /** `place`: `each:PATH`, a folder in PATH for each job; `one:PATH`, PATH itself for all; or empty: none. */
  constructor(place2) {
    this.#isShared = place2.startsWith("one:");
    this.#root = place2.slice(place2.indexOf(":") + 1);
  }
  /** Makes a folder for one job; throws where it can't be made or none may be had. */
  make() {
    if (this.#root === "") throw new Deno.errors.NotCapable("Requires the permission folder");
    if (this.#isShared) return this.#root;
    const free = this.#free.pop();
    if (free !== void 0) return free;
    const path2 = `${this.#root}/${++this.#made}`;
    Deno.mkdirSync(path2, {
      recursive: true,
      mode
    });
    return path2;
  }
  /** The folder of task job `id`, made when it first asks. */
  lend(id) {
    let path2 = this.#lent.get(id);
    if (path2 === void 0) this.#lent.set(id, path2 = this.make());
    return path2;
  }
  /** True while job `id` has a folder that was lent to it. */
  has(id) {
    return this.#lent.size > 0 && this.#lent.has(id);
  }
  /** Takes the folder of task job `id` away. */
  async takeBack(id) {
    const path2 = this.#lent.get(id);
    this.#lent.delete(id);
    await this.drop(path2);
  }
  /**
   * Removes a folder with all that is in it, or keeps it for the next job when it is as it was: then
   * there is nothing to wait for. What is left at last goes when this worker is gone.
   */
  drop(path2) {
    if (this.#isShared) return null;
    if (this.#left.size > 0 || !isUnused(path2)) return this.#remove(path2);
    this.#free.push(path2);
    return null;
  }
  async #remove(path2) {
    for (const each of [
      path2,
      ...this.#left
    ]) {
      if (await removed(each)) this.#left.delete(each);
      else this.#left.add(each);
    }
    if (this.#left.size > leftMax) this.#left.delete(this.#left.values().next().value);
  }
};
function isUnused(path2) {
  try {
    if ((Deno.lstatSync(path2).mode & 4095) !== mode) return false;
    return Deno.readDirSync(path2)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}
async function removed(path2) {
  for (let tries = 0; tries < triesMax; tries++) {
    try {
      await Deno.remove(path2, {
        recursive: true
      });
      return true;
    } catch (error2) {
      if (error2 instanceof Deno.errors.NotFound) return true;
      if (error2 instanceof Deno.errors.PermissionDenied) await open(path2);
    }
  }
  return false;
}
async function open(path2) {
  try {
    await Deno.chmod(path2, 448);
    for await (const { name, isDirectory } of Deno.readDir(path2)) {
      if (isDirectory) await open(`${path2}/${name}`);
    }
  } catch {
  }
}

// worker/launch.ts
var launcher = (session2) => (program, hearer) => {
  const { path: path2, argv, environment: environment2, env, cwd, hasInput } = program;
  const [name = path2, ...rest] = argv;
  const words = session2 === null ? [
    name,
    ...rest
  ] : [
    session2,
    name,
    ...rest
  ];
  const child = new Deno.Command(words[0], {
    args: words.slice(1),
    cwd,
    env: {
      ...environment2,
      ...env
    },
    clearEnv: true,
    detached: session2 === null,
    stdin: hasInput ? "piped" : "null",
    stdout: "piped",
    stderr: "piped"
  }).spawn();
  const readers = [
    child.stdout.getReader(),
    child.stderr.getReader()
  ];
  let [isOver, isOpen] = [
    false,
    true
  ];
  const growing = setTimeout(() => hearer.grown(), shortMs);
  child.status.then(({ code, signal }) => {
    isOver = true;
    clearTimeout(growing);
    hearer.exited({
      code: signal === null ? code : null,
      signal,
      used: null
    });
  });
  Promise.all([
    drain(readers[0], 1, hearer),
    drain(readers[1], 2, hearer)
  ]).then(() => {
    isOpen = false;
    if (isOver) hearer.closed();
  });
  return {
    pid: child.pid,
    stdin: hasInput ? child.stdin : null,
    get isOpen() {
      return isOpen;
    },
    stop() {
      for (const reader of readers) reader.cancel().catch(() => {
      });
    },
    signal(signal) {
      if (!sent(-child.pid, signal) && !isOver) sent(child.pid, signal);
    }
  };
};
function sent(pid, signal) {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
async function drain(reader, stream, hearer) {
  for (; ; ) {
    const { value, done } = await reader.read().catch(() => ({
      value: void 0,
      done: true
    }));
    if (done || !value) return;
    hearer.wrote(stream, value);
  }
}

// worker/libc.ts
var symbols = {
  posix_spawnattr_init: {
    parameters: [
      "buffer"
    ],
    result: "i32"
  },
  posix_spawnattr_setflags: {
    parameters: [
      "buffer",
      "i16"
    ],
    result: "i32"
  },
  posix_spawnattr_setsigdefault: {
    parameters: [
      "buffer",
      "buffer"
    ],
    result: "i32"
  },
  posix_spawnattr_setsigmask: {
    parameters: [
      "buffer",
      "buffer"
    ],
    result: "i32"
  },
  posix_spawn_file_actions_init: {
    parameters: [
      "buffer"
    ],
    result: "i32"
  },
  posix_spawn_file_actions_adddup2: {
    parameters: [
      "buffer",
      "i32",
      "i32"
    ],
    result: "i32"
  },
  posix_spawn_file_actions_addchdir_np: {
    parameters: [
      "buffer",
      "buffer"
    ],
    result: "i32"
  },
  posix_spawn_file_actions_destroy: {
    parameters: [
      "buffer"
    ],
    result: "i32"
  },
  posix_spawn: {
    parameters: [
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "buffer"
    ],
    result: "i32"
  },
  open: {
    parameters: [
      "buffer",
      "i32"
    ],
    result: "i32"
  },
  pipe2: {
    parameters: [
      "buffer",
      "i32"
    ],
    result: "i32"
  },
  fcntl: {
    parameters: [
      "i32",
      "i32",
      "i32"
    ],
    result: "i32"
  },
  read: {
    parameters: [
      "i32",
      "buffer",
      "usize"
    ],
    result: "isize"
  },
  recv: {
    parameters: [
      "i32",
      "buffer",
      "usize",
      "i32"
    ],
    result: "isize"
  },
  send: {
    parameters: [
      "i32",
      "buffer",
      "usize",
      "i32"
    ],
    result: "isize"
  },
  close: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  kill: {
    parameters: [
      "i32",
      "i32"
    ],
    result: "i32"
  },
  wait4: {
    parameters: [
      "i32",
      "buffer",
      "i32",
      "buffer"
    ],
    result: "i32"
  },
  syscall: {
    parameters: [
      "i64",
      "i32",
      "i32"
    ],
    result: "i64"
  },
  getAttributes: {
    name: "syscall",
    parameters: [
      "i64",
      "i32",
      "buffer",
      "u32",
      "u32"
    ],
    result: "i64"
  },
  setAttributes: {
    name: "syscall",
    parameters: [
      "i64",
      "i32",
      "buffer",
      "u32"
    ],
    result: "i64"
  },
  epoll_create1: {
    parameters: [
      "i32"
    ],
    result: "i32"
  },
  epoll_ctl: {
    parameters: [
      "i32",
      "i32",
      "i32",
      "buffer"
    ],
    result: "i32"
  },
  epoll_wait: {
    parameters: [
      "i32",
      "buffer",
      "i32",
      "i32"
    ],
    result: "i32",
    nonblocking: true
  },
  poll: {
    parameters: [
      "buffer",
      "usize",
      "i32"
    ],
    result: "i32"
  },
  getpeername: {
    parameters: [
      "i32",
      "buffer",
      "buffer"
    ],
    result: "i32"
  },
  __errno_location: {
    parameters: [],
    result: "pointer"
  }
};
function openLibc() {
  if (Deno.build.os !== "linux") return null;
  try {
    return Deno.dlopen("libc.so.6", symbols).symbols;
  } catch {
    return null;
  }
}
function errorOf(libc) {
  const place2 = libc.__errno_location();
  return osError(place2 === null ? 0 : new Deno.UnsafePointerView(place2).getInt32());
}
var osError = (number) => new Error(`The system refused it (os error ${number})`);

// worker/link_file.ts
var filesMax = 256;
var nameBytes = 128;
var pathAt = 2;
function linkFile(libc, path2) {
  const name = new Uint8Array(nameBytes);
  const size = new Int32Array(1);
  for (let file = 0; file < filesMax; file++) {
    size[0] = nameBytes;
    if (libc.getpeername(file, name, new Uint8Array(size.buffer)) < 0) continue;
    const end2 = name.indexOf(0, pathAt);
    if (end2 > 0 && new TextDecoder().decode(name.subarray(pathAt, end2)) === path2) return file;
    name.fill(0);
  }
  return null;
}

// worker/poller.ts
var closeOnExec = 524288;
var add = 1;
var remove = 2;
var readable = 1;
var [eventBytes, fileAt] = Deno.build.arch === "x86_64" ? [
  12,
  4
] : [
  16,
  8
];
var eventsMax = 64;
var floodMs = 1;
var Poller = class {
  #libc;
  #set;
  #one = new DataView(new ArrayBuffer(eventBytes));
  #events = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  #ready = [];
  #watched = 0;
  #waiting = false;
  /** Waits through `libc`. */
  constructor(libc) {
    this.#libc = libc;
    this.#set = libc.epoll_create1(closeOnExec);
    if (this.#set < 0) throw errorOf(libc);
  }
  /** Calls `ready` whenever something can be read of `file`, until it is closed here. */
  watch(file, ready) {
    this.#one.setUint32(0, readable, true);
    this.#one.setInt32(fileAt, file, true);
    if (this.#libc.epoll_ctl(this.#set, add, file, this.#one.buffer) < 0) {
      throw errorOf(this.#libc);
    }
    this.#ready[file] = ready;
    this.#watched++;
    if (!this.#waiting) void this.#wait();
  }
  /**
   * Waits no more for `file`, if it ever did, and closes it. Closing alone is not enough: a program
   * that is just being started holds it a moment longer, and the kernel would tell of it.
   */
  close(file) {
    if (this.#ready[file]) {
      this.#ready[file] = void 0;
      this.#watched--;
      this.#libc.epoll_ctl(this.#set, remove, file, this.#one.buffer);
    }
    this.#libc.close(file);
  }
  async #wait() {
    this.#waiting = true;
    while (this.#watched > 0) {
      const count = await this.#libc.epoll_wait(this.#set, this.#events.buffer, eventsMax, -1);
      if (this.#heed(count)) await new Promise((resolve) => setTimeout(resolve, floodMs));
    }
    this.#waiting = false;
  }
  /** Tells of the first `count` events; true where there may be much more. */
  #heed(count) {
    let isFlooded = false;
    for (let i = 0; i < count; i++) {
      const ready = this.#ready[this.#events.getInt32(i * eventBytes + fileAt, true)];
      if (ready?.()) isFlooded = true;
    }
    return isFlooded;
  }
};

// worker/offspring.ts
var setPipeSize = 1031;
var noWait = 1;
var pidfdOpen = 434n;
var readable2 = 1;
var hungUp = 16;
var [setFlags, nonBlocking] = [
  4,
  2048
];
var signalNumbers = {
  SIGKILL: 9,
  SIGTERM: 15
};
var usageNumbers = 18;
var [readsAt, writesAt, blockBytes] = [
  11,
  12,
  512
];
var roomBytes = 256 * 1024;
var roomSize = BigInt(roomBytes);
var pipeBytes = 64 * 1024;
var attendedMax = 64;
var spellMs = 10;
var happenedShift = 16;
var streams = [
  1,
  2
];
var gone = -1;
var signals = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(" ");
var One = class {
  pid;
  /** By which its end is heard. */
  pidfd;
  stdin = null;
  hearer;
  /** Our ends of its pipes; {@link gone} where they are closed. */
  files;
  /** It has lived long enough: the poller waits for it. */
  isGrown = false;
  isOver = false;
  #offspring;
  constructor(offspring, pid, pidfd, files, hearer) {
    this.#offspring = offspring;
    this.pid = pid;
    this.pidfd = pidfd;
    this.files = files;
    this.hearer = hearer;
  }
  get isOpen() {
    return this.files[0] !== gone || this.files[1] !== gone;
  }
  stop() {
    this.#offspring.stop(this);
  }
  signal(signal) {
    this.#offspring.signal(this, signal);
  }
};
var Offspring = class {
  #libc;
  #poller;
  /** The connection to the parent; null where it isn't known. */
  #link;
  /** A list, not a set: what a set has held it may keep alive for long after. */
  #running = [];
  /** Until when the thread waits for the youngest, ms. */
  #youngUntilMs = 0;
  #waits = new Int32Array(2 * (1 + attendedMax));
  #waitBytes = new Uint8Array(this.#waits.buffer);
  /** The same of the pipes of a program that has exited. */
  #ends = new Int32Array(2 * streams.length);
  #endBytes = new Uint8Array(this.#ends.buffer);
  #isAttending = false;
  #number = new Int32Array(1);
  #status = new Uint8Array(this.#number.buffer);
  #usage = new Uint32Array(2 * usageNumbers);
  #usageBytes = new Uint8Array(this.#usage.buffer);
  #room = new Uint8Array(roomBytes);
  /** Throws where the system lacks something. */
  constructor(libc, link2) {
    this.#libc = libc;
    this.#link = link2;
    this.#poller = new Poller(libc);
    libc.close(this.#pidfd(Deno.pid));
  }
  /** Follows a program that has just been started, to its end. `out`, `err`: our ends of its pipes. */
  follow(pid, out, err, hearer) {
    let pidfd;
    try {
      pidfd = this.#pidfd(pid);
    } catch (error2) {
      this.#libc.kill(pid, signalNumbers.SIGKILL);
      this.#libc.wait4(pid, this.#status, 0, null);
      for (const file of [
        out,
        err
      ]) this.#libc.close(file);
      throw error2;
    }
    const one = new One(this, pid, pidfd, [
      out,
      err
    ], hearer);
    this.#running.push(one);
    this.#youngUntilMs = performance.now() + shortMs;
    if (this.#link === null) this.#grow();
    return one;
  }
  /** Takes no more of what `one` writes. */
  stop(one) {
    for (const stream of streams) if (one.files[stream - 1] !== gone) this.#close(one, stream);
  }
  /** Sends a signal to the session of `one`. */
  signal({ pid, isOver }, signal) {
    const number = signalNumbers[signal];
    if (this.#libc.kill(-pid, number) < 0 && !isOver) this.#libc.kill(pid, number);
  }
  /** As {@link Launcher.attend}. When all have ended the parent's next word is mostly another start. */
  attend(parent, underWay) {
    if (this.#link === null || this.#isAttending) return;
    this.#isAttending = true;
    try {
      this.#attend(parent, underWay);
    } finally {
      this.#isAttending = false;
    }
  }
  #attend(parent, underWay) {
    const turnMs = performance.now() + spellMs;
    for (; ; ) {
      const nowMs = performance.now();
      const leftMs = this.#youngUntilMs - nowMs;
      const { length } = this.#running;
      if (leftMs <= 0 || length < underWay() || length > attendedMax) return this.#grow();
      if (this.#wait(Math.ceil(leftMs)) <= 0) continue;
      const isHeard = this.#has(0);
      this.#heed();
      if (!parent.flush()) return this.#grow();
      if (isHeard && (nowMs > turnMs || !parent.hear())) return;
    }
  }
  /** How many of all that is waited for have something; below 0 when a signal came first. */
  #wait(withinMs) {
    const waits = this.#waits;
    waits[0] = this.#link;
    waits[1] = readable2;
    let count = 1;
    for (const { pidfd } of this.#running) {
      waits[2 * count] = pidfd;
      waits[2 * count++ + 1] = readable2;
    }
    return this.#libc.poll(this.#waitBytes, BigInt(count), withinMs);
  }
  /** Whether something was found of what was waited for as number `i`. */
  #has(i) {
    return this.#waits[2 * i + 1] >>> happenedShift !== 0;
  }
  /** Sees to those that were found to have ended. */
  #heed() {
    for (let i = this.#running.length; i > 0; i--) {
      if (this.#has(i)) this.#reap(this.#running[i - 1]);
    }
  }
  /** None of them is short. */
  #grow() {
    for (const one of this.#running) {
      if (one.isGrown) continue;
      one.isGrown = true;
      this.#poller.watch(one.pidfd, () => this.#reap(one));
      for (const stream of streams) this.#watch(one, stream);
      one.hearer.grown();
    }
  }
  /** Takes note that `one` has ended, if it has, and takes what it has left to say. */
  #reap(one) {
    if (this.#libc.wait4(one.pid, this.#status, noWait, this.#usageBytes) !== one.pid) return false;
    this.#running.splice(this.#running.indexOf(one), 1);
    this.#poller.close(one.pidfd);
    this.#finish(one);
    one.isOver = true;
    one.hearer.exited(exitOf(this.#number[0], usedOf(this.#usage)));
    return false;
  }
  /** Takes what a program that has exited has left in its pipes, unless somebody else has them. */
  #finish(one) {
    const ends = this.#ends;
    for (const stream of streams) {
      ends[2 * stream - 2] = one.files[stream - 1];
      ends[2 * stream - 1] = readable2;
    }
    this.#libc.poll(this.#endBytes, 2n, 0);
    for (const stream of streams) {
      if (one.files[stream - 1] === gone) continue;
      const has = ends[2 * stream - 1] >>> happenedShift;
      if ((has & hungUp) !== 0) {
        if ((has & readable2) !== 0) {
          while (this.#read(one, stream) > 0) ;
        }
        this.#close(one, stream);
      } else if (!one.isGrown) this.#watch(one, stream);
    }
  }
  #watch(one, stream) {
    const file = one.files[stream - 1];
    this.#libc.fcntl(file, setFlags, nonBlocking);
    this.#poller.watch(file, () => {
      const count = this.#read(one, stream);
      if (count === 0) this.#close(one, stream);
      if (count === pipeBytes) this.#libc.fcntl(file, setPipeSize, roomBytes);
      return count >= pipeBytes;
    });
  }
  /** Bytes that were there; 0 at the end, below 0 when there is nothing yet. */
  #read(one, stream) {
    const count = Number(this.#libc.read(one.files[stream - 1], this.#room, roomSize));
    if (count > 0) one.hearer.wrote(stream, this.#room.slice(0, count));
    return count;
  }
  #close(one, stream) {
    this.#poller.close(one.files[stream - 1]);
    one.files[stream - 1] = gone;
    if (one.isOver && !one.isOpen) one.hearer.closed();
  }
  #pidfd(pid) {
    const pidfd = Number(this.#libc.syscall(pidfdOpen, pid, 0));
    if (pidfd < 0) throw errorOf(this.#libc);
    return pidfd;
  }
};
function exitOf(status, used) {
  const signal = status & 127;
  if (signal === 0) return {
    code: status >> 8 & 255,
    signal: null,
    used
  };
  return {
    code: null,
    signal: `SIG${signals[signal - 1] ?? signal}`,
    used
  };
}
function usedOf(usage) {
  const cpuMs = (numberAt(usage, 0) + numberAt(usage, 2)) * 1e3 + (numberAt(usage, 1) + numberAt(usage, 3)) / 1e3;
  const blocks = numberAt(usage, readsAt) + numberAt(usage, writesAt);
  return {
    cpuMs,
    ioBytes: blocks * blockBytes
  };
}
var numberAt = (words, at) => words[2 * at] + words[2 * at + 1] * 2 ** 32;

// worker/slice.ts
var [getAttributes, setAttributes] = Deno.build.arch === "x86_64" ? [
  315n,
  314n
] : [
  275n,
  274n
];
var attributesBytes = 48;
var [sizeAt, policyAt, flagsAt, sliceAt] = [
  0,
  1,
  2,
  6
];
var usual = 0;
var notInherited = 1;
var sliceNs = 1e5;
function shortenSlice(libc) {
  const words = new Uint32Array(attributesBytes / 4);
  const bytes = new Uint8Array(words.buffer);
  words[sizeAt] = attributesBytes;
  if (libc.getAttributes(getAttributes, 0, bytes, attributesBytes, 0) < 0) return;
  if (words[policyAt] !== usual) return;
  words[flagsAt] |= notInherited;
  words[sliceAt] = sliceNs;
  libc.setAttributes(setAttributes, 0, bytes, 0);
}

// worker/texts.ts
var encoder2 = new TextEncoder();
var roomBytes2 = 16 * 1024;
var cString = (text2) => encoder2.encode(`${text2}\0`);
var wordsUsual = 1024;
var roomOf = (bytes) => ({
  bytes,
  base: Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)))
});
function texts(list, room = null) {
  const joined = `${list.join("\0")}\0`;
  const fits2 = room !== null && joined.length * 3 <= room.bytes.length;
  const { bytes, base } = fits2 ? room : roomOf(encoder2.encode(joined));
  const end2 = fits2 ? encoder2.encodeInto(joined, bytes).written : bytes.length;
  const starts = [];
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    starts.push(at);
    at = bytes.indexOf(0, at) + 1;
  }
  if (list.length > 0 && at !== end2) throw new TypeError("A text must not hold NUL");
  return {
    bytes,
    base,
    starts
  };
}
var Table = class {
  #words;
  #at = 0;
  constructor(pointers) {
    this.#words = new Uint32Array(2 * pointers);
  }
  /** Makes room for so many pointers and begins anew. */
  clear(pointers) {
    if (this.#words.length < 2 * pointers) this.#words = new Uint32Array(2 * pointers);
    this.#at = 0;
  }
  add(pointer) {
    this.#words[this.#at++] = pointer;
    this.#words[this.#at++] = pointer / 2 ** 32;
  }
  /** The list that was added since byte `from`; the next one begins where it ends. */
  end(from = 0) {
    this.add(0);
    return new Uint8Array(this.#words.buffer, from, 4 * this.#at - from);
  }
};
var Wording = class {
  #room = roomOf(new Uint8Array(roomBytes2));
  #table = new Table(wordsUsual);
  #shared = null;
  #names = [];
  #texts = texts([]);
  /** `own` variables above those of `shared`, which is the same object for many. */
  of(argv, shared, own) {
    if (shared !== this.#shared) {
      this.#texts = texts(lines(shared));
      this.#names = Object.keys(shared);
      this.#shared = shared;
    }
    const { bytes, base, starts } = texts([
      ...argv,
      ...lines(own)
    ], this.#room);
    const table = this.#table;
    table.clear(starts.length + this.#names.length + 2);
    for (let i = 0; i < argv.length; i++) table.add(base + starts[i]);
    const args = table.end();
    for (let i = 0; i < this.#names.length; i++) {
      if (Object.hasOwn(own, this.#names[i])) continue;
      table.add(this.#texts.base + this.#texts.starts[i]);
    }
    for (let i = argv.length; i < starts.length; i++) table.add(base + starts[i]);
    return {
      args,
      variables: table.end(args.length),
      held: bytes
    };
  }
};
function lines(variables) {
  const all = [];
  for (const name in variables) all.push(`${name}=${variables[name]}`);
  return all;
}

// worker/cable.ts
var flags = 64 | 16384;
var Cable = class {
  #libc;
  #file;
  /** `file` is the connection. */
  constructor(libc, file) {
    this.#libc = libc;
    this.#file = file;
  }
  /** Bytes that were read into `room`; 0 at the end, below 0 where there is nothing or it has failed. */
  receive(room) {
    return Number(this.#libc.recv(this.#file, room, BigInt(room.length), flags));
  }
  /** How many of `bytes` were taken; below 0 where there is no room or nobody takes them. */
  send(bytes) {
    return Number(this.#libc.send(this.#file, bytes, BigInt(bytes.length), flags));
  }
};

// worker/launch_native.ts
var closeOnExec2 = 524288;
var notExecutable = 8;
var flags2 = 128 | 4 | 8;
var recordBytes = 1024;
var actionsMax = 64;
var pathsMax = 64;
function nativeLauncher(link2 = null) {
  const libc = openLibc();
  if (libc === null) return null;
  try {
    const file = link2 === null ? null : linkFile(libc, link2);
    const offspring = new Offspring(libc, file);
    const native = new Native(libc, offspring);
    if (file !== null) shortenSlice(libc);
    return {
      cable: file === null ? null : new Cable(libc, file),
      launch: (program, hearer) => native.launch(program, hearer),
      attend: (parent, underWay) => offspring.attend(parent, underWay)
    };
  } catch {
    return null;
  }
}
var Native = class {
  #libc;
  #offspring;
  #attributes = new Uint8Array(recordBytes);
  /** What a child does before it becomes its program, by its files and its folder. */
  #actions = /* @__PURE__ */ new Map();
  #wording = new Wording();
  #nothing;
  #paths = /* @__PURE__ */ new Map();
  #pair = new Int32Array(2);
  #pairBytes = new Uint8Array(this.#pair.buffer);
  #pid = new Int32Array(1);
  #pidBytes = new Uint8Array(this.#pid.buffer);
  /** Throws where the system lacks something. */
  constructor(libc, offspring) {
    this.#libc = libc;
    this.#offspring = offspring;
    this.#nothing = libc.open(cString("/dev/null"), closeOnExec2);
    if (this.#nothing < 0) throw errorOf(libc);
    const signalSet = new Uint8Array(128);
    libc.posix_spawnattr_init(this.#attributes);
    libc.posix_spawnattr_setflags(this.#attributes, flags2);
    libc.posix_spawnattr_setsigmask(this.#attributes, signalSet);
    libc.posix_spawnattr_setsigdefault(this.#attributes, signalSet.fill(255));
  }
  /** Starts `program`. */
  launch(program, hearer) {
    const [out, outOfChild] = this.#pipe();
    let err;
    let errOfChild;
    try {
      [err, errOfChild] = this.#pipe();
    } catch (error2) {
      this.#close(out, outOfChild);
      throw error2;
    }
    let pid;
    try {
      pid = this.#spawn(program, outOfChild, errOfChild);
    } catch (error2) {
      this.#close(out, err);
      throw error2;
    } finally {
      this.#close(outOfChild, errOfChild);
    }
    return this.#offspring.follow(pid, out, err, hearer);
  }
  #spawn(program, out, err) {
    const actions = this.#actionsOf(out, err, program.cwd);
    const { path: path2, argv } = program;
    let failed2 = this.#start(path2, argv, program, actions);
    if (failed2 === notExecutable) {
      failed2 = this.#start("/bin/sh", [
        "/bin/sh",
        path2,
        ...argv.slice(1)
      ], program, actions);
    }
    if (failed2 !== 0) throw osError(failed2);
    return this.#pid[0];
  }
  /** 0, or what the system answered. */
  #start(path2, argv, { environment: environment2, env }, actions) {
    const { args, variables, held } = this.#wording.of(argv, environment2, env);
    const failed2 = this.#libc.posix_spawn(this.#pidBytes, this.#pathOf(path2), actions, this.#attributes, args, variables);
    held[0] = 0;
    return failed2;
  }
  /** The same few programs are started most of the time. */
  #pathOf(path2) {
    let known2 = this.#paths.get(path2);
    if (known2) return known2;
    if (this.#paths.size >= pathsMax) this.#paths.clear();
    this.#paths.set(path2, known2 = cString(path2));
    return known2;
  }
  /** Files have the same few numbers most of the time, and each action costs two calls of the kernel. */
  #actionsOf(out, err, cwd) {
    const libc = this.#libc;
    const key = `${out} ${err} ${cwd}`;
    let actions = this.#actions.get(key);
    if (actions) return actions;
    if (this.#actions.size >= actionsMax) {
      for (const known2 of this.#actions.values()) libc.posix_spawn_file_actions_destroy(known2);
      this.#actions.clear();
    }
    actions = new Uint8Array(recordBytes);
    const failed2 = libc.posix_spawn_file_actions_init(actions) || libc.posix_spawn_file_actions_adddup2(actions, this.#nothing, 0) || libc.posix_spawn_file_actions_adddup2(actions, out, 1) || libc.posix_spawn_file_actions_adddup2(actions, err, 2) || libc.posix_spawn_file_actions_addchdir_np(actions, cString(cwd));
    if (failed2 !== 0) throw osError(failed2);
    this.#actions.set(key, actions);
    return actions;
  }
  #pipe() {
    if (this.#libc.pipe2(this.#pairBytes, closeOnExec2) < 0) throw errorOf(this.#libc);
    return [
      this.#pair[0],
      this.#pair[1]
    ];
  }
  #close(...files) {
    for (const file of files) this.#libc.close(file);
  }
};

// worker/launches.ts
var nothing2 = {
  ...{
    path: "",
    argv: [
      ""
    ],
    cwd: "/",
    hasInput: false
  },
  ...{
    environment: {},
    env: {}
  }
};
var silent = () => {
};
var unheard = {
  ...{
    wrote: silent,
    grown: silent
  },
  ...{
    exited: silent,
    closed: silent
  }
};
function launches(session2, path2, link2) {
  const byDeno = launcher(session2);
  let native;
  const open2 = () => {
    const opened = nativeLauncher(path2);
    link2.cable = opened?.cable ?? null;
    return native = opened;
  };
  return {
    prepare() {
      if (native !== void 0) return;
      try {
        open2()?.launch(nothing2, unheard);
      } catch {
      }
    },
    launch(program, hearer) {
      if (program.hasInput) return byDeno(program, hearer);
      const { launch = byDeno } = (native === void 0 ? open2() : native) ?? {};
      return launch(program, hearer);
    },
    attend: (parent, underWay) => native?.attend(parent, underWay)
  };
}

// worker/link.ts
var { queueMicrotask } = globalThis;
var clogChars = 1024 * 1024;
var wholeBytes = Deno.build.os === "linux" ? 16 * 1024 : 0;
var urgentMax = 256;
var Link = class _Link {
  /** The way to read and write without the loop, where there is one. */
  cable = null;
  #items = "";
  #writing = false;
  #armed = false;
  /** Somebody is under way who flushes at the end. */
  #flushing = false;
  #inFlightBytes = 0;
  #urgent = 0;
  #attend = () => {
  };
  #onBatch = () => {
  };
  #unframer = new Unframer();
  /** The loop is asked for what the parent says next. */
  #reading = false;
  /** Bound now, so that no task gets hold of the connection through a method it has replaced. */
  #read;
  #send;
  #parts = [];
  /** Speaks over `connection`. */
  constructor(connection) {
    this.#read = connection.read.bind(connection);
    this.#send = connection.write.bind(connection);
  }
  /** Connects to the parent's socket. */
  static async open(path2) {
    return new _Link(await Deno.connect({
      transport: "unix",
      path: path2
    }));
  }
  /** Says one message (comma-separated JSON); it leaves with all others of this moment. */
  say(message) {
    if (this.#items.length + message.length > frameBytesMax / 3) this.flush();
    this.#items = this.#items === "" ? message : this.#items + "," + message;
    if (!this.#armed && !this.#writing) {
      this.#armed = true;
      if (!this.#flushing) queueMicrotask(() => this.#armed && this.rest());
    }
  }
  /** True when what is said now can be on its way before anything else happens. */
  get free() {
    if (!this.#writing) return true;
    return this.#parts.length === 0 && this.#inFlightBytes <= wholeBytes && this.#items.length <= wholeBytes / 4 && this.#urgent < urgentMax;
  }
  /** True while the parent does not read; what can be left out should be. */
  get clogged() {
    return this.#items.length > clogChars || this.#parts.length > 1;
  }
  /**
   * Sends what was said so far; the first write is made at once, not in a later turn. False where
   * some of it is left to the loop.
   */
  flush() {
    this.#armed = false;
    if (this.#items !== "") {
      this.#parts.push(frame(this.#items));
      this.#items = "";
    }
    if (!this.#writing && !this.#wrote()) this.#write();
    return !this.#writing;
  }
  /** Writes what is to be sent without the loop, as much as is taken; true when that is all. */
  #wrote() {
    if (this.cable === null || this.#urgent > 0) return this.#parts.length === 0;
    for (let part = this.#parts[0]; part; part = this.#parts[0]) {
      const count = this.cable.send(part);
      if (count < part.length) {
        this.#parts[0] = part.subarray(Math.max(0, count));
        return false;
      }
      this.#parts.shift();
    }
    return true;
  }
  /** Sends what was said so far at once, where the link is `free` for it. */
  flushNow() {
    if (!this.#writing) return void this.flush();
    const bytes = frame(this.#items);
    this.#items = "";
    this.#urgent++;
    this.#send(bytes).then((count) => {
      this.#urgent--;
      if (count < bytes.length) Deno.exit(1);
    }, () => Deno.exit(0));
  }
  async #write() {
    this.#writing = true;
    try {
      while (this.#parts.length > 0 || this.#items !== "") {
        if (this.#parts.length === 0) {
          this.#parts.push(frame(this.#items));
          this.#items = "";
        }
        const bytes = this.#parts.shift();
        for (let at = 0; at < bytes.length; ) {
          this.#inFlightBytes = bytes.length - at;
          at += await this.#send(bytes.subarray(at));
        }
      }
    } catch {
      Deno.exit(0);
    }
    this.#writing = false;
    this.#attend();
  }
  /**
   * Hands each frame to `onBatch` until the parent closes the connection. `attend` is called when
   * something was heard or said, and nothing is left to be said.
   */
  async listen(onBatch, attend) {
    this.#onBatch = onBatch;
    this.#attend = attend;
    for (; ; ) {
      this.#reading = true;
      const count = await this.#read(this.#unframer.room);
      this.#reading = false;
      if (count === null) return;
      this.#heard(count);
      this.rest();
    }
  }
  /** Nothing else is to be done: sends what was said, then short programs may be waited for. */
  rest() {
    if (this.#armed) this.flush();
    if (this.#writing || this.#flushing) return;
    this.#flushing = true;
    try {
      this.#attend();
    } finally {
      this.#flushing = false;
    }
    if (this.#armed) this.flush();
  }
  /** Hands on what the parent has said, without the loop; false where that is to be left to the loop. */
  hear() {
    if (this.cable === null || this.#reading || this.#writing) return false;
    const count = this.cable.receive(this.#unframer.room);
    if (count <= 0) return false;
    this.#heard(count);
    return !this.#writing;
  }
  #heard(count) {
    const before = this.#flushing;
    this.#flushing = true;
    try {
      this.#unframer.took(count, this.#onBatch);
    } finally {
      this.#flushing = before;
    }
    if (this.#armed) this.flush();
  }
  /** Resolves when everything said so far has been written. */
  async drained() {
    this.flush();
    while (this.#writing || this.#urgent > 0) {
      await new Promise((resolve) => later(resolve, 1));
    }
  }
};

// worker/lockdown.ts
var { defineProperty: defineProperty2, getOwnPropertyDescriptor, getPrototypeOf, preventExtensions: preventExtensions2 } = Object;
var sandboxed = () => Deno.permissions.querySync({
  name: "run"
}).state === "denied";
function lockDown(socket) {
  leaveSocket(socket);
  closeInternals();
  closeStorage();
  defineProperty2(globalThis, "Worker", {
    value: closedWorker(),
    writable: false
  });
  const permissions = getPrototypeOf(Deno.permissions);
  for (const name of [
    "revoke",
    "revokeSync"
  ]) {
    defineProperty2(permissions, name, {
      value: () => refuse("permissions", name),
      writable: false,
      configurable: false
    });
  }
  for (const [name, home, keys] of tools) for (const key of keys) lock(name, home, key);
  preventExtensions2(Object.prototype);
}
var tools = [
  [
    "Deno",
    Deno,
    [
      "errors",
      "exit",
      "permissions"
    ]
  ],
  [
    "JSON",
    JSON,
    [
      "parse",
      "stringify"
    ]
  ],
  [
    "Math",
    Math,
    [
      "floor",
      "max",
      "min",
      "round"
    ]
  ],
  [
    "Array",
    Array,
    [
      "from",
      "isArray"
    ]
  ],
  [
    "Number",
    Number,
    [
      "isSafeInteger"
    ]
  ],
  [
    "Promise",
    Promise,
    [
      "all",
      "resolve"
    ]
  ],
  [
    "Promise.prototype",
    Promise.prototype,
    [
      "catch",
      "constructor",
      "finally",
      "then"
    ]
  ],
  [
    "Array.prototype",
    Array.prototype,
    [
      "every",
      "filter",
      "findIndex",
      "map",
      "push",
      "shift",
      "slice",
      "splice"
    ]
  ],
  [
    "Map.prototype",
    Map.prototype,
    [
      "clear",
      "get",
      "has",
      "set"
    ]
  ],
  [
    "String.prototype",
    String.prototype,
    [
      "includes",
      "slice",
      "startsWith"
    ]
  ],
  [
    "RegExp.prototype",
    RegExp.prototype,
    [
      "exec"
    ]
  ],
  [
    "TypedArray.prototype",
    getPrototypeOf(Uint8Array.prototype),
    [
      "copyWithin",
      "set",
      "subarray"
    ]
  ],
  [
    "DataView.prototype",
    DataView.prototype,
    [
      "setUint32"
    ]
  ],
  [
    "TextEncoder.prototype",
    TextEncoder.prototype,
    [
      "encodeInto"
    ]
  ],
  [
    "TextDecoder.prototype",
    TextDecoder.prototype,
    [
      "decode"
    ]
  ],
  [
    "Performance.prototype",
    Performance.prototype,
    [
      "now"
    ]
  ],
  [
    "AbortController.prototype",
    AbortController.prototype,
    [
      "abort"
    ]
  ]
];
function refuse(permission, asked) {
  throw new Refused(permission, asked);
}
function lock(name, home, key) {
  const { value, enumerable } = getOwnPropertyDescriptor(home, key);
  defineProperty2(home, key, {
    get: () => value,
    set(given) {
      if (this === home) refuse("intrinsics", `${name}.${key}`);
      defineProperty2(this, key, {
        value: given,
        writable: true,
        enumerable: true,
        configurable: true
      });
    },
    enumerable: enumerable ?? false,
    configurable: false
  });
}
function leaveSocket(socket) {
  const { permissions } = Deno;
  const has = (asked) => permissions.querySync(asked).state === "granted";
  if (!has({
    name: "net"
  })) permissions.revokeSync({
    name: "net",
    host: `unix:${socket}`
  });
  const folder = socket.slice(0, socket.lastIndexOf("/"));
  for (const name of [
    "read",
    "write"
  ]) {
    if (!has({
      name,
      path: folder
    })) permissions.revokeSync({
      name,
      path: socket
    });
  }
}
function closeInternals() {
  const named = Deno;
  defineProperty2(Deno, named.internal, {
    get: () => refuse("internals", "Deno[Deno.internal]"),
    enumerable: false,
    configurable: false
  });
}
function closeStorage() {
  for (const name of [
    "localStorage",
    "caches"
  ]) {
    const closed = (_target, key) => typeof key === "string" ? refuse("storage", `${name}.${key}`) : void 0;
    const all = () => refuse("storage", name);
    const value = new Proxy({}, {
      get: closed,
      set: all,
      has: all,
      defineProperty: all,
      deleteProperty: all,
      ownKeys: all
    });
    defineProperty2(globalThis, name, {
      value,
      configurable: false
    });
  }
}
function closedWorker() {
  return class Worker {
    constructor(specifier) {
      refuse("worker", String(specifier).slice(0, 200));
    }
  };
}

// worker/rehearse.ts
var jobs = 32;
var job = [
  0,
  1,
  0,
  null,
  0,
  ""
];
function rehearse(parts2) {
  const nowhere = {
    read: () => Promise.resolve(null),
    write: ({ length }) => Promise.resolve(length)
  };
  const bench2 = new Bench(new Link(nowhere), parts2);
  for (let i = 0; i < jobs; i++) {
    bench2.add(job, 0);
    bench2.pump();
  }
  soon(() => {
  });
}

// worker/main.ts
var { start, environment, cancel, giveBack, describe: describeKind, stop, ping, define, collect } = messages;
var [path, generation, nonce, place, kind, session] = Deno.args;
if (path === void 0 || generation === void 0 || nonce === void 0) Deno.exit(64);
var link = await Link.open(path);
var folders = new Folders(place ?? "");
var parts = {
  ...launches(session || null, path, link),
  folders
};
var bench = new Bench(link, parts);
var isNew = true;
var denials = new Denials((message) => link.say(message));
if (sandboxed()) {
  watchDenials((denial, stack) => denials.heard(denial, stack));
  lockDown(path);
}
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error("Unhandled rejection in a task:", event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  console.error("Uncaught error in a task:", event.error);
});
link.say(encode(messages.hello.kind, protocol, Deno.pid, Number(generation), nonce));
link.say(encode(messages.ready.kind));
if (kind === "command") link.drained().then(() => parts.prepare());
var listening = link.listen((batch) => {
  const wrong = malformed(batch, "down");
  if (wrong) throw new TypeError(`Bad frame from the parent: ${wrong}`);
  for (let at = 0; at < batch.length; ) {
    const kind2 = batch[at];
    obey(kind2, batch, at + 1);
    at += 1 + arity(kind2);
  }
  bench.pump();
}, () => bench.attend());
try {
  await listening;
} catch (error2) {
  console.error("The parent can't be understood:", error2);
  Deno.exit(1);
}
Deno.exit(0);
function obey(kind2, batch, at) {
  switch (kind2) {
    case start.kind:
      isNew = false;
      return bench.add(batch, at);
    case environment.kind:
      return void (bench.environment = batch[at]);
    case cancel.kind:
      return bench.cancel(batch[at], batch[at + 1]);
    case giveBack.kind:
      return bench.giveBack(batch[at]);
    case define.kind:
      denials.define(batch[at], batch[at + 2]);
      return bench.define(batch[at], batch[at + 2]);
    case ping.kind:
      if (isNew) rehearse(parts);
      isNew = false;
      return link.say(encode(messages.pong.kind, batch[at]));
    case collect.kind:
      return bench.collect(batch[at] === 1);
    case stop.kind:
      return bench.stop();
    case describeKind.kind:
      describe(batch[at + 1]).then((description) => link.say(encode(messages.described.kind, batch[at], description)));
  }
}
