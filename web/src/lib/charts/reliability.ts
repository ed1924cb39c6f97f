/** How often answers of a confidence are right: the arithmetic of the reliability diagram. */

export interface Bin {
  confidence: number;
  accuracy: number;
  n: number;
}

const LEAST = 3;
const MOST = 11;

/** The radius of each dot: its area grows with the answers, and none is too small to be seen. */
export function radii(bins: readonly Bin[]): number[] {
  const most = Math.max(...bins.map((bin) => bin.n), 1);
  return bins.map((bin) => Math.max(LEAST, MOST * Math.sqrt(bin.n / most)));
}

/** Bins with answers, by confidence. */
export const inOrder = <B extends Bin>(bins: readonly B[]): B[] =>
  bins.filter((bin) => bin.n > 0).sort((a, b) => a.confidence - b.confidence);
