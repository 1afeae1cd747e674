/**
 * Stands in for Slack's incoming webhooks, and refuses what Slack refuses.
 *
 * After docs.slack.dev: "Sending messages using incoming webhooks" (the answer `ok`, errors as plain
 * text), "Block Kit" reference (50 blocks; header 150 characters of plain text; section text 3000,
 * 10 fields of 2000; context 10 elements; actions 25) and "Rate limits" (one message a second, 429
 * with Retry-After).
 */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Message = { readonly text: string; readonly blocks: readonly Block[] };
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

export type SlackStandIn = {
  readonly webhookUrl: string;
  /** Messages in the channel, in the order in which they came. */
  readonly messages: readonly Message[];
  /** Answers other than ok, as `status text`. */
  readonly refusals: readonly string[];
  /** The next request is answered with this, whatever it is. */
  answerNext(status: number, text: string): void;
  close(): Promise<void>;
};

const RATE_MS = 1_000;
const LARGEST_BODY_BYTES = 1024 * 1024;

export async function startSlackStandIn(): Promise<SlackStandIn> {
  const messages: Message[] = [];
  const refusals: string[] = [];
  const state = { lastAtMs: Number.NEGATIVE_INFINITY, next: undefined as Answer | undefined };

  function judge(contentType: string, body: string): Answer {
    const { next } = state;
    state.next = undefined;
    if (next !== undefined) return next;
    const waitMs = state.lastAtMs + RATE_MS - performance.now();
    if (waitMs > 0) return { status: 429, text: "rate_limited" };
    const problem = problemOf(contentType, body);
    if (problem !== undefined) return { status: 400, text: problem };
    state.lastAtMs = performance.now();
    messages.push(JSON.parse(body) as Message);
    return { status: 200, text: "ok" };
  }

  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      if (body.length <= LARGEST_BODY_BYTES) body += chunk;
    });
    request.on("end", () => {
      const answer =
        request.method === "POST" && request.url === PATH
          ? judge(request.headers["content-type"] ?? "", body)
          : { status: 404, text: "no_service" };
      if (answer.text !== "ok") refusals.push(`${answer.status} ${answer.text}`);
      send(response, answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    messages,
    refusals,
    answerNext: (status, text) => void (state.next = { status, text }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const PATH = "/services/T000/B000/a-secret-of-slack";

type Answer = { readonly status: number; readonly text: string };

function send(response: ServerResponse, { status, text }: Answer): void {
  if (status === 429) response.setHeader("retry-after", String(RATE_MS / 1000));
  response.writeHead(status, { "content-type": "text/html" }).end(text);
}

/** Slack's word for what is wrong with a message; `undefined` if nothing is. */
export function problemOf(contentType: string, body: string): string | undefined {
  if (!/^application\/json\b/.test(contentType)) return "invalid_payload";
  let message: Partial<Message>;
  try {
    message = JSON.parse(body) as Partial<Message>;
  } catch {
    return "invalid_payload";
  }
  const { text, blocks = [] } = message;
  if (typeof text !== "string" || text === "") return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  if (!Array.isArray(blocks) || blocks.length > 50) return "invalid_blocks";
  return blocks.every(isBlock) ? undefined : "invalid_blocks";
}

type Judge = (block: Readonly<Record<string, unknown>>) => boolean;

const BLOCKS: Readonly<Record<string, Judge>> = {
  divider: () => true,
  header: ({ text }) => isText(text, ["plain_text"], 150),
  section: ({ text, fields }) =>
    (text !== undefined || fields !== undefined) &&
    (text === undefined || isText(text, TEXT_TYPES, 3000)) &&
    (fields === undefined || isListOf(fields, 10, (one) => isText(one, TEXT_TYPES, 2000))),
  context: ({ elements }) => isListOf(elements, 10, (one) => isText(one, TEXT_TYPES, 3000)),
  actions: ({ elements }) => isListOf(elements, 25, isButton),
};

const TEXT_TYPES = ["mrkdwn", "plain_text"];

function isBlock(block: unknown): boolean {
  if (!isObject(block) || typeof block["type"] !== "string") return false;
  return Object.hasOwn(BLOCKS, block["type"]) && BLOCKS[block["type"]]?.(block) === true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, most: number, is: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= most && value.every(is);
}

function isText(value: unknown, types: readonly string[], longest: number): boolean {
  if (!isObject(value) || !types.includes(String(value["type"]))) return false;
  const { text } = value;
  return typeof text === "string" && text.length > 0 && text.length <= longest;
}

function isButton(value: unknown): boolean {
  if (!isObject(value) || value["type"] !== "button") return false;
  const { text, url } = value;
  return isText(text, ["plain_text"], 75) && typeof url === "string" && URL.canParse(url);
}
