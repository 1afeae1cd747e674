/** A server that answers as a test says, one function per request, and keeps what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};
export type Reply = (response: ServerResponse, asked: Asked) => void;

export type ScriptedServer = {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Ends every connection, as a restart does. */
  dropConnections(): void;
};

/** The last reply answers everything further. */
export async function scriptedServer(...replies: readonly Reply[]): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      asked.push(one);
      replies[Math.min(asked.length, replies.length) - 1]?.(response, one);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    dropConnections: () => server.closeAllConnections(),
  };
}

export function json(value: unknown, status = 200): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
}

export function problem(
  status: number,
  code: string,
  more: { readonly retryable?: boolean; readonly headers?: Record<string, string> } = {},
): Reply {
  return (response) => {
    const { retryable = false, headers = {} } = more;
    const body = {
      type: `urn:ringdown:error:${code}`,
      title: code,
      status,
      detail: `It was ${code}.`,
      code,
      requestId: "id-1",
      hint: "Do this.",
      retryable,
      problems: [],
    };
    response
      .writeHead(status, { "content-type": "application/problem+json", ...headers })
      .end(JSON.stringify(body));
  };
}
