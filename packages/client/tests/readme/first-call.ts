import { createClient } from "@ringdown/client";

const client = createClient({
  baseUrl: process.env["RINGDOWN_URL"] ?? "http://127.0.0.1:8484",
  apiKey: process.env["RINGDOWN_KEY"], // not needed by `ringdown dev`
});

const source = await client.post("/api/v1/sources", {
  body: { name: "orders", verify: "none" },
});
await fetch(source.url, { method: "POST", body: '{"hello":"world"}' });

for await (const request of client.list("/api/v1/requests", { query: { source: "orders" } })) {
  console.log(request.outcome, request.bodyBytes);
}
