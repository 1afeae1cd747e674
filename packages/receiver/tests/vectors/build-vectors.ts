/** Builds the files under `spec/vectors`; `generate.ts` writes them, a test keeps them fresh. */
import { mainVectorsOf, NOW_S, vectorsOf } from "./cases.ts";
import { rowVectors } from "./rows/row-vectors.ts";
import { specialRows } from "./rows/special.ts";
import { templateRows } from "./rows/templates.ts";
import { type Sender, sendersByProvider } from "./sender.ts";
import type { Vector, VectorFile } from "./vector.ts";

export const VECTOR_FOLDER: URL = new URL("../../../../spec/vectors/", import.meta.url);

export function buildVectorFiles(): VectorFile[] {
  return [
    ...sendersByProvider.map(([first, ...families]) => ({
      provider: first.provider,
      about: first.about,
      vectors: [
        ...vectorsOf(first),
        ...families.flatMap(familyVectors),
        ...choiceOf([first, ...families]),
      ],
    })),
    ...[...templateRows, ...specialRows].map((row) => ({
      provider: row.provider,
      about: row.about,
      vectors: rowVectors(row),
    })),
    nothingChecked,
  ];
}

/** Adobe's signatures are not known well enough, so its source accepts everything and says so. */
const nothingChecked: VectorFile = {
  provider: "adobe",
  about: "Nothing is checked",
  vectors: [
    {
      name: "anything",
      secrets: [],
      nowMs: NOW_S * 1000,
      method: "POST",
      url: "https://hooks.example.com/in/source",
      headers: [],
      bodyBase64: "e30=",
      expect: { status: "unverified" },
    },
  ],
};

export function render(file: VectorFile): string {
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function familyVectors(family: Sender): Vector[] {
  return mainVectorsOf(family).map((vector) => ({
    ...vector,
    name: `${family.signatureHeader}: ${vector.name}`,
  }));
}

/** Both families in one request: the first decides, and nothing falls back to the second. */
function choiceOf(families: readonly Sender[]): Vector[] {
  const [first, second] = families.map((family) => mainVectorsOf(family)[0]);
  if (first === undefined || second === undefined) return [];
  const forge = ({ headers }: Vector): Vector["headers"] =>
    headers.map(([name, value]) => [name, /signature|hmac/i.test(name) ? "forged" : value]);
  return [
    {
      ...first,
      name: "both families of headers: the first is good, the second forged",
      headers: [...first.headers, ...forge(second)],
    },
    {
      ...first,
      name: "both families of headers: the first is forged, the second good",
      headers: [...forge(first), ...second.headers],
      expect: { status: "failed", reason: "malformed_signature" },
    },
  ];
}
