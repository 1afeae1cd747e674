/** The body of a received request as a provider's rules want to look into it. */
import { type Content, lazyContent, type VerifyInput } from "@ringdown/receiver";
import type { EventContext } from "../model/active.ts";

/**
 * The body for the provider's own rules, parsed no second time where that can be avoided. Forms are
 * read again: rules look into their fields as they were sent, expressions see JSON in them unpacked.
 */
export function contentOf(input: VerifyInput, event: EventContext): Content {
  const contentType = input.headers.get("content-type");
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType ?? "");
  return isForm ? lazyContent(input.body, contentType) : event;
}
