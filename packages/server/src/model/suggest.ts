/**
 * "Did you mean …?": the known word that somebody probably wanted to write.
 *
 * Distance is Damerau-Levenshtein (insert, delete, replace, swap neighbours), restricted to editing
 * no part twice. Pure; cost grows with the product of the lengths, so long words are not compared.
 */

/** Words further away than this have nothing to do with what was written. */
const LARGEST_DISTANCE = 2;

const LONGEST_WORD = 100;

/** The closest of `known`; `undefined` if none is close. */
export function suggest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = LARGEST_DISTANCE + 1;
  for (const word of known) {
    const distance = distanceBetween(written.toLowerCase(), word.toLowerCase());
    // Two edits turn any two letters into any others: short words must be closer.
    if (distance >= bestDistance || distance >= Math.max(written.length, word.length) - 1) continue;
    best = word;
    bestDistance = distance;
  }
  return best;
}

/** Edits from one word to the other; more than the largest distance is not told apart. */
export function distanceBetween(from: string, to: string): number {
  if (from === to) return 0;
  const differ = Math.abs(from.length - to.length) > LARGEST_DISTANCE;
  if (differ || from.length > LONGEST_WORD) return LARGEST_DISTANCE + 1;

  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforePrevious, column - 2) + 1 : Infinity,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(at(previous, to.length), LARGEST_DISTANCE + 1);
}

/** Outside the table nothing is reachable. */
function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
