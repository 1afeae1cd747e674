/**
 * IP addresses and CIDR ranges as numbers (RFC 4291, RFC 4632).
 *
 * Pure, and strict: an IPv4 part with a leading zero, which some systems read as octal, is refused.
 * An IPv4 address mapped into IPv6 (`::ffff:10.0.0.1`), as a dual-stack socket reports it, is the
 * IPv4 address. A range whose address has bits beyond its prefix is refused: 10.1.2.3/8 was most
 * likely meant as one address, not as sixteen million.
 */

/** Words of 32 bits, most significant first: one for IPv4, four for IPv6. */
export type IpAddress = readonly number[];

export type IpRange = {
  /** Network address; its length tells IPv4 from IPv6. */
  readonly network: IpAddress;
  readonly masks: readonly number[];
};

const V4_BITS = 32;
const V6_BITS = 128;
const MAPPED_BITS = 96;

export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const word = parseV4(text);
    return word === undefined ? undefined : [word];
  }
  const zoneAt = text.indexOf("%");
  const groups = parseV6(zoneAt === -1 ? text : text.slice(0, zoneAt));
  if (groups === undefined) return undefined;
  return isMapped(groups) ? groups.slice(3) : groups;
}

/** A range, or a single address. `undefined` if it is neither, or has bits beyond its prefix. */
export function parseIpRange(text: string): IpRange | undefined {
  const slashAt = text.indexOf("/");
  const address = slashAt === -1 ? text : text.slice(0, slashAt);
  const network = address.includes("%") ? undefined : parseIpAddress(address);
  if (network === undefined) return undefined;

  const bits = network.length * 32;
  const prefix = slashAt === -1 ? bits : parsePrefix(text.slice(slashAt + 1), address, bits);
  if (prefix === undefined) return undefined;
  const masks = network.map((_, index) => maskOf(prefix - index * 32));
  const hasHostBits = network.some((word, index) => (word & ~(masks[index] ?? 0)) !== 0);
  return hasHostBits ? undefined : { network, masks };
}

export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.length !== range.network.length) return false;
  for (const [index, word] of address.entries()) {
    if ((word & (range.masks[index] ?? 0)) >>> 0 !== range.network[index]) return false;
  }
  return true;
}

function parsePrefix(text: string, address: string, bits: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  // A mapped range is written with an IPv6 prefix: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const isWrittenAsV6 = address.includes(":");
  const skipped = isWrittenAsV6 && bits === V4_BITS ? MAPPED_BITS : 0;
  const written = Number(text);
  if (written > (isWrittenAsV6 ? V6_BITS : V4_BITS) || written < skipped) return undefined;
  return written - skipped;
}

/** The mask of one word, given how many of the bits from its start on belong to the prefix. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (~0 << (32 - bits)) >>> 0;
}

function parseV4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part)) return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    word = word * 256 + value;
  }
  return word;
}

function parseV6(text: string): number[] | undefined {
  const hexadecimal = withoutEmbeddedV4(text);
  const sides = hexadecimal?.split("::") ?? [];
  if (hexadecimal === undefined || sides.length > 2) return undefined;
  const head = parseGroups(sides[0] ?? "");
  const tail = parseGroups(sides[1] ?? "");
  if (head === undefined || tail === undefined) return undefined;

  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group; without it, all eight must be there.
  if (sides.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0));
}

/** The last 32 bits may be written as IPv4: `::ffff:10.0.0.1` becomes `::ffff:a00:1`. */
function withoutEmbeddedV4(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const start = text.lastIndexOf(":") + 1;
  const word = parseV4(text.slice(start));
  if (word === undefined) return undefined;
  return `${text.slice(0, start)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
}

/** Groups of 16 bits. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 16));
}

function isMapped(words: readonly number[]): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}
