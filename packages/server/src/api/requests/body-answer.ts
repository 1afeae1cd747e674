/**
 * Hands out a received body byte for byte (I3), as a download: somebody else chose these bytes and
 * their type, so a browser must neither show nor run them (I12).
 */
import type { StoredRequest } from "../../model/request.ts";
import { UNTRUSTED_CSP } from "../../http/security-headers.ts";
import { headerOf } from "./view.ts";

const PLAIN_TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:; ?charset=[\w-]{1,32})?$/;

export function bodyAnswer(request: StoredRequest, fileName: string): Response {
  const declared = headerOf(request.headers, "content-type") ?? "";
  return new Response(Uint8Array.from(request.body), {
    headers: {
      "content-type": PLAIN_TYPE.test(declared) ? declared : "application/octet-stream",
      "content-length": String(request.body.length),
      "content-disposition": `attachment; filename="${fileName}"`,
      "content-security-policy": UNTRUSTED_CSP,
    },
  });
}
