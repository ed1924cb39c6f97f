/** Bars to both sides of a middle line: from signed numbers to places in a width of 200. */

export const MIDDLE = 100;

export interface Bar {
  x: number;
  width: number;
}

/** The largest value, either way, reaches its end; a value that is there is never drawn as nothing. */
export function barsOf(values: readonly (number | null)[]): (Bar | null)[] {
  const sizes = values.map((v) => (v !== null && Number.isFinite(v) ? Math.abs(v) : 0));
  const largest = Math.max(...sizes, 0);
  return values.map((value, i) => {
    const size = sizes[i] ?? 0;
    if (value === null || size === 0) return null;
    const width = Math.max(1, (MIDDLE * size) / largest);
    return { x: value < 0 ? MIDDLE - width : MIDDLE, width };
  });
}
