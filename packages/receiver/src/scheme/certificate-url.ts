/**
 * The pinned host of a key that the sender names by its URL.
 *
 * Whoever could choose that URL freely could sign with a certificate of its own, so the text must be
 * exactly of the form that the provider uses: https, one of its hosts, no port, no user, no query.
 */

/** `undefined` for a URL that is not of this form. */
export function pinnedUrl(text: unknown, form: RegExp): string | undefined {
  return typeof text === "string" && text.length <= 512 && form.test(text) ? text : undefined;
}

/** Certificates and confirmations of SNS. */
export const SNS_CERTIFICATE_URL: RegExp =
  /^https:\/\/sns\.[a-z0-9-]{3,32}\.amazonaws\.com(?:\.cn)?\/[A-Za-z0-9_-]{1,128}\.pem$/;

export const SNS_CONFIRM_URL: RegExp =
  /^https:\/\/sns\.[a-z0-9-]{3,32}\.amazonaws\.com(?:\.cn)?\/\?[A-Za-z0-9_.:%&=+-]{1,400}$/;

export const PAYPAL_CERTIFICATE_URL: RegExp =
  /^https:\/\/api(?:\.sandbox)?\.paypal\.com\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,128}$/;
