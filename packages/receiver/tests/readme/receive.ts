import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { compileVerifier, headersFromRaw, stripe } from "@ringdown/receiver";

// Once, when the program starts: a wrong secret stops it here, not at the first payment.
const verifier = compileVerifier(stripe.recipe, [process.env["STRIPE_WHSEC"] ?? ""]);

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request); // the bytes as received, before any parser
  const result = verifier.verify({
    method: request.method ?? "POST",
    url: request.url ?? "/",
    headers: headersFromRaw(request.rawHeaders),
    body,
    nowMs: Date.now(),
  });

  if (result.status !== "verified") {
    console.warn(result); // { status: "failed", reason: "timestamp_too_old", message: "…", hint: "…" }
    response.writeHead(401).end();
    return;
  }
  const event = JSON.parse(body.toString()) as { id: string; type: string };
  console.log(`${event.type} ${event.id}`);
  response.writeHead(200).end();
}

export const server = createServer((request, response) => {
  receive(request, response).catch(() => response.destroy()); // the sender hung up half-way
});

server.listen(Number(process.env["PORT"] ?? 3000));
