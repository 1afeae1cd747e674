/**
 * A whole gateway in this process: SQLite in a folder of its own, real listeners, configured through
 * its API; and real destinations that remember what they got. It can be stopped and started again
 * on the same data, on another port.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings, type SettingsInputs } from "../../src/config/settings.ts";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import { eventually } from "./eventually.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Item;
};

/** What tests read of answers; which of it is there depends on what was asked. */
export type Item = {
  readonly id: string;
  readonly eventId: string;
  readonly state: string;
  readonly cause: string | null;
  readonly code: string;
  readonly outcome: string;
  readonly conflict: boolean;
  readonly duplicate: boolean;
  readonly duplicateOf: string;
  readonly releases: string | null;
  readonly attemptCount: number;
  /** An HTTP status, or how a destination is doing. */
  readonly status: number | string;
  readonly trigger: string;
  readonly verification: { readonly status: string; readonly reason: string | null };
  readonly targets: readonly object[];
  readonly deliveryCount: number;
  readonly eventCount: number;
  readonly madeCount: number;
  readonly dryRun: boolean;
  readonly replayId: string | null;
  readonly steps: readonly { readonly step: string; readonly status: string }[];
  readonly routes: readonly {
    readonly route: string;
    readonly decision: string;
    readonly reason: string | null;
  }[];
  readonly data: readonly Item[];
};

export type Sending = {
  readonly method?: string;
  /** By name; or name, value, name, value … exactly as they are to go out, `Host` included. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string | Uint8Array;
};

type Specs = Readonly<Record<string, object>>;
export type Resources = {
  readonly sources?: Specs;
  readonly destinations?: Specs;
  readonly routes?: Specs;
};

export type RunningGateway = {
  readonly url: string;
  readonly port: number;
  /** Sends to `/in/<place>`. */
  post(place: string, sending?: Sending): Promise<Answer>;
  /** Calls the API below `/api/v1`; fails the test unless it answers 2xx. */
  api(method: string, path: string, body?: unknown): Promise<Item>;
  /** The same, whatever it answers. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  configure(resources: Resources): Promise<void>;
  /** The only delivery of an event. */
  deliveryOf(eventId: string): Promise<Item>;
  /** Waits until the only delivery of an event is in this state. */
  deliveryIn(state: string, eventId: string): Promise<Item>;
  stop(graceMs?: number): Promise<void>;
  restart(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
};

export type GatewayOptions = {
  readonly flags?: SettingsInputs["flags"];
  /** Default: one that is made, and removed at the end. */
  readonly dataDir?: string;
};

export async function startGateway(
  resources: Resources = {},
  { flags = {}, dataDir }: GatewayOptions = {},
): Promise<RunningGateway> {
  const ownDir = mkdtempSync(join(tmpdir(), "ringdown-e2e-"));
  const state = { url: "", port: 0, gateway: await launch() };

  async function launch(): Promise<Gateway> {
    const settings = loadSettings({
      mode: "serve",
      flags: {
        data: dataDir ?? join(ownDir, "data"),
        port: "0",
        host: "127.0.0.1",
        insecureDevAuth: true,
        logLevel: "silent",
        ...flags,
      },
      environment: {},
      workingDir: ownDir,
    });
    return createGateway("serve", settings);
  }

  async function start(): Promise<void> {
    const { url } = await state.gateway.start();
    state.url = url;
    state.port = Number(new URL(url).port);
  }

  const running: RunningGateway = {
    get url() {
      return state.url;
    },
    get port() {
      return state.port;
    },
    post: (place, { method = "POST", ...sending } = {}) =>
      send(`${state.url}/in/${place}`, { method, ...sending }),
    async api(method, path, body) {
      const answer = await running.call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer.json;
    },
    call: (method, path, body) =>
      send(`${state.url}/api/v1${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
      }),
    async configure(wanted) {
      for (const kind of ["sources", "destinations", "routes"] as const) {
        for (const [name, spec] of Object.entries(wanted[kind] ?? {})) {
          await running.api("POST", `/${kind}`, { name, ...spec });
        }
      }
    },
    async deliveryOf(eventId) {
      const { data } = await running.api("GET", `/deliveries?event=${eventId}`);
      const [only] = data;
      if (only === undefined || data.length > 1) {
        throw new Error(`${eventId} has ${data.length} deliveries`);
      }
      return only;
    },
    deliveryIn: (wanted, eventId) =>
      eventually(async () => {
        const delivery = await running.deliveryOf(eventId);
        if (delivery.state !== wanted) throw new Error(JSON.stringify(delivery));
        return delivery;
      }),
    stop: (graceMs = 5000) => state.gateway.stop({ graceMs }),
    async restart() {
      await running.stop();
      state.gateway = await launch();
      await start();
    },
    async dispose() {
      await running.stop(0);
      rmSync(ownDir, { recursive: true, force: true });
    },
  };
  await start();
  await running.configure(resources);
  return running;
}

/** One exchange on a socket of its own; nothing is added to headers that are given as a list. */
export async function send(url: string, sending: Sending = {}): Promise<Answer> {
  const { method = "POST", headers = {}, body } = sending;
  const outgoing = httpRequest(url, { method, agent: false, headers: headers as string[] });
  // As bytes: Node writes headers and a text in one piece, and then headers as UTF-8, too.
  outgoing.end(body === undefined ? undefined : Buffer.from(body));
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const text = (await readAll(incoming)).toString();
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text,
    get json() {
      return JSON.parse(text) as Answer["json"];
    },
  };
}

export type Arrival = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Destination = {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** How it answers; may be replaced at any time. */
  replyTo: (arrival: Arrival) => Reply | Promise<Reply>;
  /** Waits until this many have arrived. */
  got(count: number): Promise<readonly Arrival[]>;
  close(): Promise<void>;
};

export async function startDestination(): Promise<Destination> {
  const arrivals: Arrival[] = [];
  const server = createServer((incoming, outgoing) => {
    void readAll(incoming).then(async (body) => {
      const { method = "", url = "", headers, rawHeaders } = incoming;
      const arrival = { method, url, headers: headers as Record<string, string>, rawHeaders, body };
      arrivals.push(arrival);
      const reply = await destination.replyTo(arrival);
      outgoing.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const destination: Destination = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    replyTo: () => ({ status: 200 }),
    got: (count) => eventually(() => arrivals.length >= count && arrivals),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return destination;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
