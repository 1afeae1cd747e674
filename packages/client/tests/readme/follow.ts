import { createClient } from "@ringdown/client";

const client = createClient({ baseUrl: process.env["RINGDOWN_URL"] ?? "http://127.0.0.1:8484" });
const { url } = await client.get("/api/v1/sources/{nameOrId}", { path: { nameOrId: "inbox" } });
const send = (): void => void fetch(url, { method: "POST", body: "hello" });

for await (const item of client.stream({ types: "request", onConnected: send })) {
  if (item.type !== "request") continue;
  const body = await client.bytes("/api/v1/requests/{id}/body", { path: { id: item.data.id } });
  console.log(new TextDecoder().decode(body));
  break; // or store item.id, and go on after it later with { lastEventId: item.id }
}
