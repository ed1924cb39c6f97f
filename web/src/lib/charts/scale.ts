/** The arithmetic of charts: scales, ticks, paths. Pure, so that it can be tested with numbers. */

export type Value = number | null;
export type Scale = (v: number) => number;

export function linear(from: [number, number], to: [number, number]): Scale {
  const span = from[1] - from[0];
  const k = span === 0 ? 0 : (to[1] - to[0]) / span;
  return (v) => to[0] + (v - from[0]) * k;
}

/** The smallest and the largest of what is there. */
export function extent(lists: readonly (readonly Value[])[]): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists)
    for (const v of list) {
      if (v === null || !Number.isFinite(v)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  return low > high ? null : [low, high];
}

/** Round numbers from at most `low` to at least `high`, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (low === high) {
    const margin = Math.abs(low) > 0 ? Math.abs(low) / 2 : 1;
    return niceTicks(low - margin, high + margin, count);
  }
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Counting whole steps keeps 0.1 + 0.2 out of the labels.
  for (let i = first; i <= last; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

const DAY = 86_400_000;

/** Moments for a time axis: whole days, weeks, months, quarters or years, at most `most` of them. */
export function timeTicks(low: number, high: number, most: number): number[] {
  const days = Math.max(1, (high - low) / DAY);
  const start = new Date(low);
  for (const step of [1, 2, 7, 14]) {
    if (days / step > most) continue;
    const ticks: number[] = [];
    for (let at = Math.ceil(low / DAY) * DAY; at <= high; at += step * DAY) ticks.push(at);
    return ticks;
  }
  for (const months of [1, 2, 3, 6, 12, 24, 60, 120]) {
    if (days / (30.4 * months) > most) continue;
    const ticks: number[] = [];
    const begin = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    for (let m = begin; ; m += months) {
      const at = Date.UTC(Math.floor(m / 12), m % 12, 1);
      if (at > high) break;
      if (at >= low) ticks.push(at);
    }
    return ticks;
  }
  return [low, high];
}

const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A line with a gap wherever a value is missing; a lone value is drawn as a dot. */
export function linePath(xs: readonly number[], ys: readonly Value[], x: Scale, y: Scale): string {
  let path = '';
  let drawing = false;
  for (const [i, value] of ys.entries()) {
    const where = xs[i];
    if (value === null || where === undefined) {
      drawing = false;
      continue;
    }
    const alone = !drawing && (ys[i + 1] ?? null) === null;
    path += `${drawing ? 'L' : 'M'}${at(x(where), y(value))}${alone ? 'h.01' : ''}`;
    drawing = true;
  }
  return path;
}

/** The area between two lines, over each stretch in which both are there. */
export function bandPath(
  xs: readonly number[],
  lo: readonly Value[],
  hi: readonly Value[],
  x: Scale,
  y: Scale,
): string {
  let path = '';
  let there: string[] = [];
  let back: string[] = [];
  const close = () => {
    if (there.length > 1) path += `M${there.join('L')}L${back.reverse().join('L')}Z`;
    there = [];
    back = [];
  };
  for (const [i, where] of xs.entries()) {
    const low = lo[i] ?? null;
    const high = hi[i] ?? null;
    if (low === null || high === null) {
      close();
      continue;
    }
    there.push(at(x(where), y(high)));
    back.push(at(x(where), y(low)));
  }
  close();
  return path;
}

/** The index of the value nearest to `wanted` in ascending `xs`. */
export function nearest(xs: readonly number[], wanted: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((xs[mid] ?? 0) < wanted) low = mid + 1;
    else high = mid;
  }
  const before = xs[low - 1];
  const here = xs[low];
  if (before !== undefined && here !== undefined && wanted - before < here - wanted) return low - 1;
  return low;
}
