/**
 * What every adapter owes, over real sockets: the same requests and the same answers, whatever the
 * framework.
 */
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  memoryStore,
  type Receiver,
  receiver,
  type ReceiveOutcome,
  type ReceiverOptions,
  signRequest,
  slack,
  stripe,
  type WebhookEvent,
} from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { type Answered, head, SECRET, send, stripeRequest, talk } from "./stripe-sender.ts";

export type Served = {
  /** Where the webhooks are received. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

export type AdapterHarness = {
  readonly name: string;
  readonly serve: (webhooks: Receiver) => Promise<Served>;
  /** The same behind something that has read the body, and what the error has to advise. */
  readonly consumed: {
    readonly serve: (webhooks: Receiver) => Promise<Served>;
    readonly advice: RegExp;
  };
  /** Whether the framework knows who is at the other end of the connection. */
  readonly address: "known" | "unknown";
};

type Setup = {
  readonly url: string;
  readonly events: WebhookEvent[];
  readonly outcomes: ReceiveOutcome[];
};

export function exerciseAdapter({ name, serve, consumed, address }: AdapterHarness): void {
  describe(`adapter ${name}`, () => {
    const opened: Served[] = [];

    afterEach(async () => {
      await Promise.all(opened.splice(0).map(({ close }) => close()));
    });

    const setUp = async (
      options: Partial<ReceiverOptions> = {},
      how: (webhooks: Receiver) => Promise<Served> = serve,
    ): Promise<Setup> => {
      const events: WebhookEvent[] = [];
      const outcomes: ReceiveOutcome[] = [];
      const webhooks = receiver({
        provider: stripe,
        secrets: SECRET,
        onEvent: (event) => events.push(event),
        onOutcome: (outcome) => outcomes.push(outcome),
        ...options,
      });
      const served = await how(webhooks);
      opened.push(served);
      return { url: served.url, events, outcomes };
    };

    test("an event signed by Stripe's own package arrives byte for byte", async () => {
      const { url, events } = await setUp();
      const request = stripeRequest();
      const { status, text, headers } = await send(url, request);
      expect([status, text]).toEqual([200, "accepted"]);
      expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(events).toHaveLength(1);
      const [event] = events as [WebhookEvent];
      expect(new TextDecoder().decode(event.raw)).toBe(request.body);
      expect(event.body).toEqual(JSON.parse(request.body));
      expect([event.type, event.provider]).toEqual(["invoice.paid", "stripe"]);
    });

    test("content types that parsers fight over make no difference", async () => {
      const { url, events } = await setUp();
      const types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "x/y"];
      for (const type of types) {
        const { headers, ...request } = stripeRequest();
        const sent = { ...request, headers: { ...headers, "content-type": type } };
        expect((await send(url, sent)).status).toBe(200);
      }
      const { headers, body } = stripeRequest();
      const untyped = head(url, [
        `Stripe-Signature: ${headers["stripe-signature"]}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
      ]);
      expect(await talk(url, untyped + body)).toMatch(/^HTTP\/1.1 200 /);
      expect(events).toHaveLength(types.length + 1);
    });

    test("[I4] a wrong signature and a changed body are 401", async () => {
      const { url, events } = await setUp();
      const forged = await send(url, stripeRequest({ secret: `${SECRET}0` }));
      expect([forged.status, forged.text]).toEqual([401, "wrong_secret_or_modified_body"]);
      const request = stripeRequest();
      expect((await send(url, { ...request, body: `${request.body} ` })).status).toBe(401);
      expect((await send(url, { method: "POST" })).text).toBe("missing_header");
      expect(events).toEqual([]);
    });

    test("a duplicate is answered with 200 and not worked on", async () => {
      const { url, events } = await setUp();
      await send(url, stripeRequest({ id: "evt_same" }));
      const again = await send(url, stripeRequest({ id: "evt_same" }));
      expect([again.status, again.text]).toEqual([200, "duplicate"]);
      expect(events).toHaveLength(1);
    });

    test("two hundred at once: onEvent runs once", async () => {
      let release = (): void => undefined;
      const gate = new Promise<void>((done) => {
        release = done;
      });
      const onEvent = vi.fn<() => Promise<void>>(() => gate);
      const { url, outcomes } = await setUp({ onEvent });
      const sent = Array.from({ length: 200 }, () => send(url, stripeRequest({ id: "evt_once" })));
      // Everybody but the one who works has been answered.
      await vi.waitUntil(() => outcomes.length === 199, { timeout: 20_000 });
      release();
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 503)).toHaveLength(199);
      expect(onEvent).toHaveBeenCalledTimes(1);
    });

    test("a handler that throws is a 500, and the retry succeeds", async () => {
      const onEvent = vi.fn<() => Promise<void>>();
      onEvent.mockRejectedValueOnce(new Error("no disk")).mockResolvedValue();
      const { url } = await setUp({ onEvent });
      const request = stripeRequest();
      const failed = await send(url, request);
      expect([failed.status, failed.text]).toEqual([500, "failed"]);
      expect((await send(url, request)).text).toBe("accepted");
    });

    test("while the store is down nothing is worked on", async () => {
      const database = new DatabaseSync(":memory:");
      const store = sqliteStore(database);
      database.close();
      const { url, events } = await setUp({ store });
      const { status, headers } = await send(url, stripeRequest());
      expect([status, headers.get("retry-after")]).toEqual([503, "10"]);
      expect(events).toEqual([]);
    });

    test("acknowledged before: the answer is there while the work is not done", async () => {
      let release = (): void => undefined;
      const gate = new Promise<void>((done) => {
        release = done;
      });
      const onEvent = vi.fn<() => Promise<void>>(() => gate);
      const { url } = await setUp({ onEvent, acknowledge: "before" });
      expect((await send(url, stripeRequest())).status).toBe(200);
      await vi.waitUntil(() => onEvent.mock.calls.length === 1);
      release();
    });

    test("[I10] a body that says it is too long is a 413", async () => {
      const { url, events } = await setUp({ maxBodyBytes: 1_000 });
      const text = await talk(url, head(url, ["Content-Length: 1001"]));
      expect(text).toMatch(/^HTTP\/1.1 413 /);
      expect(events).toEqual([]);
    });

    test("[I10] a body that turns out too long is a 413, one at the limit is not", async () => {
      const request = stripeRequest();
      const { url, events } = await setUp({ maxBodyBytes: Buffer.byteLength(request.body) });
      const chunk = `${(0x8000).toString(16)}\r\n${"x".repeat(0x8000)}\r\n`;
      const endless = head(url, ["Transfer-Encoding: chunked", "Content-Type: text/plain"]);
      expect(await talk(url, endless + chunk)).toMatch(/^HTTP\/1.1 413 /);
      expect((await send(url, request)).status).toBe(200);
      expect(events).toHaveLength(1);
    });

    test("[I10] a body that does not come is a 408", async () => {
      const { url, outcomes } = await setUp({ bodyTimeoutMs: 50 });
      const slow = head(url, ["Content-Length: 100", "Content-Type: application/json"]);
      expect(await talk(url, `${slow}{`)).toMatch(/^HTTP\/1.1 408 /);
      expect(outcomes).toEqual([{ kind: "body_timed_out" }]);
    });

    test("a sender that hangs up half-way leaves the server standing", async () => {
      const { url, outcomes } = await setUp({ maxConcurrent: 1 });
      const cut = head(url, ["Content-Length: 100", "Connection: close"]);
      const { hostname, port } = new URL(url);
      const { connect } = await import("node:net");
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined).write(`${cut}{`, () => socket.destroy());
      await vi.waitUntil(() => outcomes.length === 1);
      expect(outcomes).toEqual([{ kind: "body_aborted" }]);
      expect((await send(url, stripeRequest())).status).toBe(200);
    });

    test("other methods are a 405 that names the right one", async () => {
      const { url } = await setUp();
      const answers: Answered[] = [];
      for (const method of ["GET", "HEAD"]) answers.push(await send(url, { method }));
      expect(answers.map(({ status }) => status)).toEqual([405, 405]);
      expect(answers[0]!.headers.get("allow")).toBe("POST");
    });

    test("Slack's handshake is answered", async () => {
      const { url, events } = await setUp({ provider: slack });
      const body = '{"type":"url_verification","challenge":"3eZbrw1aB"}';
      const bytes = new TextEncoder().encode(body);
      const signed = signRequest(slack, { secret: SECRET, body: bytes, nowMs: Date.now() });
      const headers = { ...signed, "content-type": "application/json" };
      const { status, text } = await send(url, { method: "POST", headers, body });
      expect([status, text]).toEqual([200, "3eZbrw1aB"]);
      expect(events).toEqual([]);
    });

    test("addresses are checked", async () => {
      const here = await setUp({ allow: ["127.0.0.0/8", "::1"], store: memoryStore() });
      expect((await send(here.url, stripeRequest())).status).toBe(address === "known" ? 200 : 403);
      const elsewhere = await setUp({ allow: ["192.0.2.0/24"] });
      expect((await send(elsewhere.url, stripeRequest())).status).toBe(403);
      const stated = await setUp({
        allow: ["192.0.2.0/24"],
        clientAddress: ({ headers }) => headers.get("cf-connecting-ip"),
      });
      const { headers, ...request } = stripeRequest();
      const through = { ...headers, "cf-connecting-ip": "192.0.2.7" };
      expect((await send(stated.url, { ...request, headers: through })).status).toBe(200);
    });

    test("a body that was read before is a 500 that says what to change", async () => {
      const { url, events, outcomes } = await setUp({}, consumed.serve);
      const { status, text } = await send(url, stripeRequest());
      expect([status, text]).toEqual([500, "body_already_read"]);
      expect(outcomes).toMatchObject([
        { kind: "body_consumed", error: { hint: expect.stringMatching(consumed.advice) } },
      ]);
      expect(events).toEqual([]);
    });
  });
}
