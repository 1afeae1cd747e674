/** What a sample request is made from. */
import type { Provider } from "../providers/provider.ts";

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Everything that differs between two samples of the same type; the same seed gives the same bytes. */
export type SampleSeed = {
  /** Becomes the event's id, in the provider's own shape. */
  readonly id: string;
  readonly nowMs: number;
};

export type ProviderSamples = {
  readonly provider: Provider;
  /** Bodies by event type, in the vendor's spelling. */
  readonly bodies: Readonly<Record<string, (seed: SampleSeed) => JsonObject>>;
  /** Headers beside the signature. */
  readonly headers: (seed: SampleSeed, type: string) => Readonly<Record<string, string>>;
  /** The id that the recipe signs, where it signs one. */
  readonly signedId?: (seed: SampleSeed) => string;
  /** Spaces per level: some vendors indent what they send. */
  readonly indent?: number;
};

/** The id with the vendor's prefix, unless it has it already. */
export function prefixed(prefix: string, id: string): string {
  return id.startsWith(prefix) ? id : `${prefix}${id}`;
}

/** A number for vendors that count their objects; the same for the same text (FNV-1a, 32 bits). */
export function numberFrom(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

export function secondsOf(seed: SampleSeed): number {
  return Math.floor(seed.nowMs / 1000);
}

/** To the second, as most vendors write it: 2026-11-23T10:00:00Z. */
export function isoSecondsOf(seed: SampleSeed): string {
  return `${new Date(seed.nowMs).toISOString().slice(0, 19)}Z`;
}
