/** Signs a notification as Braintree does; what a simulator needs. The counterpart of `braintree.ts`. */
import { createMac } from "../crypto/mac.ts";
import { hashOf } from "../crypto/primitives.ts";
import { WebhookConfigError } from "../errors.ts";
import { checkCredentials } from "./keys.ts";

const NO_BYTES = new Uint8Array(0);

/** The form's fields. @throws {secret_undecodable} unless the secret is `public_key:private_key` */
export function braintreeForm(
  secret: string,
  payload: string,
): { readonly bt_signature: string; readonly bt_payload: string } {
  checkCredentials([secret]);
  const [publicKey = "", secretKey = "", ...others] = secret.split(":");
  if (publicKey === "" || secretKey === "" || others.length > 0) {
    throw new WebhookConfigError(
      "secret_undecodable",
      "The secret is not of the form public_key:private_key.",
      "Write the public key, a colon and the private key.",
    );
  }
  const mac = createMac("sha1", hashOf("sha1", new TextEncoder().encode(secretKey)));
  const signature = mac.text({ before: payload, after: "" }, NO_BYTES, "hex");
  return { bt_signature: `${publicKey}|${signature}`, bt_payload: payload };
}
