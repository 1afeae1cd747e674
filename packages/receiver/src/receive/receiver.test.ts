import { expect, test, vi } from "vitest";
import { ReceiverError } from "../errors.ts";
import { headersFromRecord } from "../headers.ts";
import { generic } from "../providers/generic.ts";
import { github } from "../providers/github.ts";
import { slack } from "../providers/slack.ts";
import { stripe } from "../providers/stripe.ts";
import { makeSampleRequest } from "../samples/make-sample-request.ts";
import { addressRecipe, genericRecipe, noneRecipe } from "../scheme/recipes.ts";
import { signRequest } from "../sign-request.ts";
import type { EventStore } from "../stores/event-store.ts";
import { memoryStore } from "../stores/memory.ts";
import type { Answer } from "./answer.ts";
import { behindProxies } from "./client-address.ts";
import type { WebhookEvent } from "./event.ts";
import type { BodyRead, IncomingWebhook } from "./incoming.ts";
import type { ReceiverOptions } from "./options.ts";
import type { ReceiveOutcome } from "./outcome.ts";
import { receiver } from "./receiver.ts";

const SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
const NOW_MS = 1_764_000_000_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Sent = {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly address?: string;
  readonly read?: () => Promise<BodyRead>;
};

function incoming({
  method = "POST",
  url = "/hooks",
  headers = {},
  ...rest
}: Sent): IncomingWebhook {
  const bytes = rest.body ?? new Uint8Array(0);
  return {
    method,
    url,
    headers: headersFromRecord(headers),
    address: rest.address,
    readBody: rest.read ?? (async () => ({ kind: "read", bytes })),
  };
}

/** What Stripe would send. */
function invoicePaid(id = "1", secret = SECRET): Sent {
  return makeSampleRequest({ provider: "stripe", type: "invoice.paid", secret, nowMs: NOW_MS, id });
}

type Setup = {
  readonly send: (sent: Sent) => Promise<Answer>;
  readonly events: WebhookEvent[];
  readonly outcomes: ReceiveOutcome[];
  readonly kinds: () => string[];
  readonly whenIdle: () => Promise<void>;
};

function setUp(options: Partial<ReceiverOptions> = {}): Setup {
  const events: WebhookEvent[] = [];
  const outcomes: ReceiveOutcome[] = [];
  const webhooks = receiver({
    provider: stripe,
    secrets: SECRET,
    onEvent: (event) => events.push(event),
    onOutcome: (outcome) => outcomes.push(outcome),
    now: () => NOW_MS,
    ...options,
  });
  return {
    send: (sent) => webhooks.handle(incoming(sent)),
    events,
    outcomes,
    kinds: () => outcomes.map(({ kind }) => kind),
    whenIdle: webhooks.whenIdle,
  };
}

function textOf({ body }: Answer): string {
  return decoder.decode(body);
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1];
}

/** A promise, and what resolves it. */
function controlled(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

// An event

test("a verified event reaches onEvent, and the provider gets a 200", async () => {
  const { send, events, kinds } = setUp();
  const sent = invoicePaid();
  const answer = await send(sent);
  expect([answer.status, textOf(answer)]).toEqual([200, "accepted"]);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    id: "evt_1",
    type: "invoice.paid",
    provider: "stripe",
    raw: sent.body,
    receivedAt: new Date(NOW_MS),
    verification: { status: "verified", secretIndex: 0 },
    body: { id: "evt_1", type: "invoice.paid" },
  });
  expect(events[0]!.headers.get("stripe-signature")).toMatch(/^t=/);
  expect(kinds()).toEqual(["accepted"]);
});

test("the body is parsed when first read, and once", async () => {
  const parse = vi.spyOn(JSON, "parse");
  const body = encoder.encode('{"id":"1"}');
  const headers = {
    ...signRequest(github, { secret: SECRET, body, nowMs: NOW_MS }),
    "x-github-event": "push",
    "x-github-delivery": "d",
  };
  const provider = { ...github, eventType: [{ header: "x-github-event" }], handshakes: [] };
  const { send, events } = setUp({ provider });
  await send({ headers, body });
  expect(parse).not.toHaveBeenCalled();
  expect(events[0]!.body).toEqual({ id: "1" });
  expect(events[0]!.body).toBe(events[0]!.body);
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

test("a body that is no JSON is verified and passed on all the same", async () => {
  const body = Uint8Array.from([0xff, 0xfe]);
  const headers = signRequest(generic, { secret: SECRET, body, nowMs: NOW_MS });
  const { send, events } = setUp({ provider: generic });
  expect((await send({ headers, body })).status).toBe(200);
  expect(events[0]).toMatchObject({ id: undefined, type: undefined, body: undefined, raw: body });
});

test("[I4] a wrong signature is a 401 with the reason, and onEvent is not called", async () => {
  const { send, events, outcomes } = setUp();
  const answer = await send(invoicePaid("1", `${SECRET}0`));
  expect([answer.status, textOf(answer)]).toEqual([401, "wrong_secret_or_modified_body"]);
  expect(events).toEqual([]);
  expect(outcomes).toMatchObject([{ kind: "rejected", check: "signature" }]);
});

test("the old secret still counts while rotating", async () => {
  const { send, events } = setUp({ secrets: ["whsec_a_new_secret", SECRET] });
  expect((await send(invoicePaid())).status).toBe(200);
  expect(events[0]!.verification).toMatchObject({ secretIndex: 1 });
});

test("a tolerance of one's own replaces the provider's", async () => {
  const late = { now: () => NOW_MS + 600_000 };
  expect(textOf(await setUp(late).send(invoicePaid()))).toBe("timestamp_too_old");
  expect((await setUp({ ...late, toleranceMs: 700_000 }).send(invoicePaid())).status).toBe(200);
});

// Once

test("a second request for a done event is a duplicate", async () => {
  const { send, events } = setUp();
  await send(invoicePaid());
  const again = await send(invoicePaid());
  expect([again.status, textOf(again)]).toEqual([200, "duplicate"]);
  expect(events).toHaveLength(1);
});

test('with the store "none" every request counts', async () => {
  const { send, events } = setUp({ store: "none" });
  await send(invoicePaid());
  await send(invoicePaid());
  expect(events).toHaveLength(2);
});

test("requests without an id are events of their own, even if they look alike", async () => {
  const body = encoder.encode('{"name":"ping"}');
  const headers = signRequest(generic, { secret: SECRET, body, nowMs: NOW_MS });
  const { send, events } = setUp({ provider: generic });
  await send({ headers, body });
  await send({ headers, body });
  expect(events).toHaveLength(2);
});

test("sources that share a store do not take one another's events for duplicates", async () => {
  const store = memoryStore();
  const [one, other] = [setUp({ store, source: "eu" }), setUp({ store, source: "us" })];
  await one.send(invoicePaid());
  await other.send(invoicePaid());
  expect([one.events.length, other.events.length]).toEqual([1, 1]);
});

test("an id that a database could not take as text is a key all the same", async () => {
  const keys: string[] = [];
  const memory = memoryStore();
  const store: EventStore = {
    ...memory,
    claim: (claim, leaseMs) => {
      keys.push(claim.key);
      return memory.claim(claim, leaseMs);
    },
  };
  const { send } = setUp({ store, provider: { ...generic, recipe: noneRecipe }, secrets: [] });
  for (const id of ["a\\u0000", "\\ud800", "a\\\\u0000"]) {
    await send({ body: encoder.encode(`{"id":"${id}"}`) });
  }
  expect(keys).toEqual(["generic:a\\u0000", "generic:\\ud800", "generic:a\\\\u0000"]);
});

test("two hundred requests at once for one event: one works, the others are asked to come back", async () => {
  const gate = controlled();
  const onEvent = vi.fn<() => Promise<void>>(() => gate.promise);
  const { send } = setUp({ onEvent });
  const first = send(invoicePaid());
  const others = await Promise.all(Array.from({ length: 199 }, () => send(invoicePaid())));
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([503]));
  expect(headerOf(others[0]!, "retry-after")).toBe("10");
  expect(textOf(others[0]!)).toBe("in_progress");
  gate.resolve();
  expect((await first).status).toBe(200);
  expect(textOf(await send(invoicePaid()))).toBe("duplicate");
  expect(onEvent).toHaveBeenCalledTimes(1);
});

test("a handler that throws is a 500, and the next try is a first one again", async () => {
  const error = new Error("the database is away");
  const onEvent = vi.fn<() => Promise<void>>().mockRejectedValueOnce(error).mockResolvedValue();
  const { send, outcomes } = setUp({ onEvent });
  const failed = await send(invoicePaid());
  expect([failed.status, textOf(failed)]).toEqual([500, "failed"]);
  expect(outcomes[0]).toMatchObject({ kind: "failed", error });
  expect(textOf(await send(invoicePaid()))).toBe("accepted");
  expect(onEvent).toHaveBeenCalledTimes(2);
});

test("a handler that throws before it returns a promise is no different", async () => {
  const onEvent = (): never => {
    throw new Error("at once");
  };
  expect((await setUp({ onEvent }).send(invoicePaid())).status).toBe(500);
});

test("an event whose worker died is worked on again when the lease has ended", async () => {
  let nowMs = NOW_MS;
  const store = memoryStore({ now: () => nowMs });
  const onEvent = vi.fn<() => Promise<void>>();
  onEvent.mockReturnValueOnce(new Promise<void>(() => undefined)).mockResolvedValue();
  const { send } = setUp({ store, onEvent, leaseMs: 1_000 });
  void send(invoicePaid());
  await vi.waitUntil(() => onEvent.mock.calls.length === 1);
  expect((await send(invoicePaid())).status).toBe(503);
  nowMs += 1_000;
  expect(textOf(await send(invoicePaid()))).toBe("accepted");
});

// The store

function failing(during: keyof EventStore): EventStore {
  return { ...memoryStore(), [during]: () => Promise.reject(new Error("connection refused")) };
}

test("without the store nothing is worked on, and the provider is asked to come back", async () => {
  const { send, events, outcomes } = setUp({ store: failing("claim") });
  const answer = await send(invoicePaid());
  expect([answer.status, textOf(answer)]).toEqual([503, "store_failed"]);
  expect(headerOf(answer, "retry-after")).toBe("10");
  expect(events).toEqual([]);
  expect(outcomes).toMatchObject([{ kind: "store_failed", during: "claim" }]);
});

test("[I10] a store that does not answer counts as failed, and a late claim is given back", async () => {
  const late = controlled();
  const memory = memoryStore();
  const release = vi.fn<EventStore["release"]>(memory.release);
  const store: EventStore = {
    ...memory,
    release,
    claim: async (claim, leaseMs) => {
      await late.promise;
      return memory.claim(claim, leaseMs);
    },
  };
  const { send, events } = setUp({ store, storeTimeoutMs: 5 });
  expect((await send(invoicePaid())).status).toBe(503);
  late.resolve();
  await vi.waitUntil(() => release.mock.calls.length === 1);
  expect(events).toEqual([]);
  expect(textOf(await send(invoicePaid()))).toBe("accepted");
});

test("a store that fails after the work changes nothing about its answer", async () => {
  const completing = setUp({ store: failing("complete") });
  expect((await completing.send(invoicePaid())).status).toBe(200);
  expect(completing.kinds()).toEqual(["store_failed", "accepted"]);

  const onEvent = (): never => {
    throw new Error("no");
  };
  const releasing = setUp({ store: failing("release"), onEvent });
  expect((await releasing.send(invoicePaid())).status).toBe(500);
  expect(releasing.kinds()).toEqual(["store_failed", "failed"]);
});

// Acknowledging before

test("acknowledged before: the answer does not wait, and idle means that the work is done", async () => {
  const gate = controlled();
  const onEvent = vi.fn<() => Promise<void>>(() => gate.promise);
  const { send, kinds, whenIdle } = setUp({ onEvent, acknowledge: "before" });
  const answer = await send(invoicePaid());
  expect(answer.status).toBe(200);
  expect(onEvent).not.toHaveBeenCalled();
  // The promise has been made: a retry now is a duplicate.
  expect(textOf(await send(invoicePaid()))).toBe("duplicate");
  gate.resolve();
  await whenIdle();
  await answer.background;
  expect(onEvent).toHaveBeenCalledTimes(1);
  expect(kinds()).toEqual(["accepted", "duplicate"]);
});

test("acknowledged before: what goes wrong afterwards is told", async () => {
  const onEvent = (): never => {
    throw new Error("too late");
  };
  const { send, kinds, whenIdle } = setUp({ onEvent, acknowledge: "before" });
  await send(invoicePaid());
  await whenIdle();
  expect(kinds()).toEqual(["accepted", "failed"]);
});

// Handshakes and methods

test("a handshake is answered and is no event", async () => {
  const body = encoder.encode('{"type":"url_verification","challenge":"3eZbrw1aB"}');
  const headers = signRequest(slack, { secret: SECRET, body, nowMs: NOW_MS });
  const { send, events, kinds } = setUp({ provider: slack });
  const answer = await send({ headers, body });
  expect([answer.status, textOf(answer)]).toEqual([200, "3eZbrw1aB"]);
  expect([events.length, kinds()]).toEqual([0, ["handshake"]]);
  expect((await send({ body })).status).toBe(401);
});

test("a handshake brings its own method, and only that", async () => {
  const provider = {
    name: "probing",
    recipe: noneRecipe,
    handshakes: [
      {
        name: "probe",
        method: "GET",
        when: [{ at: { header: "x-probe" }, equals: "1" }],
        after: "not_failed" as const,
        answer: { status: 204, text: "" },
      },
    ],
  };
  const { send, events } = setUp({ provider, secrets: undefined });
  expect((await send({ method: "GET", headers: { "x-probe": "1" } })).status).toBe(204);
  const other = await send({ method: "GET" });
  expect([other.status, headerOf(other, "allow")]).toEqual([405, "POST, GET"]);
  expect((await send({ method: "HEAD" })).status).toBe(405);
  expect(events).toEqual([]);
});

test("another method is a 405 that says which are allowed, and its body is not read", async () => {
  const read = vi.fn<() => Promise<BodyRead>>();
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "post", ""]) {
    const answer = await setUp().send({ ...invoicePaid(), method, read });
    expect([answer.status, headerOf(answer, "allow")]).toEqual([405, "POST"]);
  }
  expect(read).not.toHaveBeenCalled();
});

test("events come by other methods where the sender uses them", async () => {
  const { send } = setUp({ methods: ["put"] });
  expect((await send({ ...invoicePaid(), method: "PUT" })).status).toBe(200);
  expect((await send(invoicePaid())).status).toBe(405);
});

// Before the body

test("an address outside the ranges is a 403, before its body is read", async () => {
  const read = vi.fn<() => Promise<BodyRead>>();
  const { send } = setUp({ allow: ["192.0.2.0/24"] });
  expect((await send({ ...invoicePaid(), address: "198.51.100.7", read })).status).toBe(403);
  expect((await send({ ...invoicePaid(), read })).status).toBe(403);
  expect(read).not.toHaveBeenCalled();
  expect((await send({ ...invoicePaid(), address: "192.0.2.7" })).status).toBe(200);
});

test("behind proxies the address is the one they saw, not the one the sender wrote", async () => {
  const { send } = setUp({ allow: ["192.0.2.0/24"], clientAddress: behindProxies(2) });
  const sendFrom = async (forwarded: string, id: string): Promise<number> => {
    const { headers, ...sent } = invoicePaid(id);
    const all = { ...headers, "x-forwarded-for": forwarded };
    return (await send({ ...sent, headers: all, address: "10.0.0.1" })).status;
  };
  expect(await sendFrom("192.0.2.7, 10.0.0.2", "1")).toBe(200);
  expect(await sendFrom("192.0.2.7, 198.51.100.1, 10.0.0.2", "2")).toBe(403);
  expect(await sendFrom("192.0.2.7", "3")).toBe(403);
  expect(await sendFrom("", "4")).toBe(403);
});

test("the provider's own check of addresses gets the same address", async () => {
  const provider = { name: "lan", recipe: addressRecipe(["192.0.2.7"]) };
  const { send } = setUp({ provider, secrets: undefined, clientAddress: behindProxies(1) });
  const headers = { "x-forwarded-for": "192.0.2.7" };
  expect((await send({ headers, address: "10.0.0.1" })).status).toBe(200);
});

test("basic authentication is asked for, and needed besides the signature", async () => {
  const { send } = setUp({ basicAuth: "hooks:a long password" });
  const asked = await send(invoicePaid());
  expect(asked.status).toBe(401);
  expect(headerOf(asked, "www-authenticate")).toBe('Basic realm="webhooks"');
  const authorization = `Basic ${btoa("hooks:a long password")}`;
  const { headers, ...sent } = invoicePaid();
  expect((await send({ ...sent, headers: { ...headers, authorization } })).status).toBe(200);
  expect((await send({ headers: { authorization } })).status).toBe(401);
});

test("a body that is too long by its own account is not read", async () => {
  const read = vi.fn<() => Promise<BodyRead>>();
  const { send } = setUp({ maxBodyBytes: 100 });
  const answer = await send({ headers: { "content-length": "101" }, read });
  expect([answer.status, answer.connection]).toEqual([413, "close"]);
  expect(read).not.toHaveBeenCalled();
});

test("what can go wrong with reading a body has an answer each", async () => {
  const error = new ReceiverError("body_already_read", "Read.", "Do not.");
  const cases: readonly [BodyRead, number, string][] = [
    [{ kind: "too_large" }, 413, "body_too_large"],
    [{ kind: "timed_out" }, 408, "body_timed_out"],
    [{ kind: "aborted" }, 400, "body_aborted"],
    [{ kind: "consumed", error }, 500, "body_already_read"],
  ];
  for (const [read, status, text] of cases) {
    const answer = await setUp().send({ read: async () => read });
    expect([answer.status, textOf(answer)]).toEqual([status, text]);
  }
});

test("[I10] beyond maxConcurrent requests the next one is asked to come back", async () => {
  const gate = controlled();
  const { send } = setUp({ maxConcurrent: 2, onEvent: () => gate.promise });
  const running = [send(invoicePaid("1")), send(invoicePaid("2"))];
  const answer = await send(invoicePaid("3"));
  expect([answer.status, textOf(answer)]).toEqual([503, "overloaded"]);
  gate.resolve();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await send(invoicePaid("3"))).status).toBe(200);
});

// URLs

const signsUrl = {
  name: "url",
  recipe: genericRecipe({ header: "x-signature", signed: "{url}{body}" }),
};

test("the signed URL is the registered one with the query that came", async () => {
  const body = encoder.encode("{}");
  const sign = (url: string): Sent => ({
    body,
    headers: signRequest(signsUrl, { secret: SECRET, body, nowMs: NOW_MS, url }),
  });
  const publicUrl = "https://Hooks.example.com:443/in?old=1";
  const { send } = setUp({ provider: signsUrl, publicUrl });
  const signed = sign("https://Hooks.example.com:443/in?a=%20");
  expect((await send({ ...signed, url: "/internal?a=%20" })).status).toBe(200);
  expect((await send({ ...signed, url: "/internal?a=+" })).status).toBe(401);
  const plain = sign("https://Hooks.example.com:443/in");
  expect((await send({ ...plain, url: "/internal" })).status).toBe(200);

  const computed = setUp({ provider: signsUrl, publicUrl: ({ url }) => `https://b.example${url}` });
  expect((await computed.send({ ...sign("https://b.example/x"), url: "/x" })).status).toBe(200);
});

test("a function of the options that throws is a 500, not a rejection", async () => {
  const publicUrl = (): never => {
    throw new Error("no");
  };
  const { send, kinds } = setUp({ provider: signsUrl, publicUrl });
  expect((await send({})).status).toBe(500);
  expect(kinds()).toEqual(["internal_error"]);
});

// Configuration

test("what cannot work is refused when the receiver is made", () => {
  const code = (options: Partial<ReceiverOptions>): unknown => {
    try {
      setUp(options);
      return undefined;
    } catch (error) {
      return (error as ReceiverError).code;
    }
  };
  expect(code({ secrets: undefined })).toBe("secret_missing");
  expect(code({ secrets: [SECRET, undefined] })).toBe("secret_empty");
  // Named, but not set in the environment: checking nothing would be the worst of answers.
  expect(code({ basicAuth: undefined })).toBe("secret_missing");
  expect(code({ basicAuth: "no colon" })).toBe("secret_undecodable");
  expect(code({ allow: [] })).toBe("address_range_invalid");
  expect(code({ provider: signsUrl })).toBe("public_url_missing");
  for (const publicUrl of ["hooks.example.com", "ftp://a", "https://", "https:///in"]) {
    expect(code({ publicUrl })).toBe("option_invalid");
  }
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const name of ["maxBodyBytes", "bodyTimeoutMs", "storeTimeoutMs", "leaseMs", "keepMs"]) {
      expect(code({ [name]: value })).toBe("option_invalid");
    }
  }
  expect(code({ bodyTimeoutMs: 2 ** 31 })).toBe("option_invalid");
  expect(code({ methods: [] })).toBe("option_invalid");
  expect(code({ source: "a:b" })).toBe("option_invalid");
  // From plain JavaScript; taking it for "before" would lose events.
  expect(code({ acknowledge: "afterwards" as "after" })).toBe("option_invalid");
  expect(() => behindProxies(0)).toThrow(/at least 1/);
});

// Reports

test("without onOutcome, the console is told what needs attention, and nothing secret", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  const { onOutcome: _none, ...options } = {
    provider: stripe,
    secrets: SECRET,
    onEvent: () => Promise.reject(new Error("no disk")),
    now: () => NOW_MS,
    onOutcome: undefined,
  };
  const webhooks = receiver(options);
  await webhooks.handle(incoming(invoicePaid("1", `${SECRET}0`)));
  await webhooks.handle(incoming(invoicePaid()));
  await webhooks.handle(incoming({ method: "GET" }));
  const lines = error.mock.calls.map(([line]) => String(line));
  error.mockRestore();
  expect(lines).toEqual([
    expect.stringMatching(/^webhook rejected: The signature does not match .* Copy the secret/),
    'webhook failed: onEvent threw for the event "evt_1" of the type "invoice.paid".',
  ]);
  expect(lines.join()).not.toContain(SECRET);
});

test("an observer that throws changes nothing", async () => {
  const onOutcome = (): never => {
    throw new Error("no log");
  };
  expect((await setUp({ onOutcome }).send(invoicePaid())).status).toBe(200);
});
