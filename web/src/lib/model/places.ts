/** Everything that one may go to by typing its name, and which of it a text means. */

export interface Place {
  kind: 'page' | 'action' | 'model' | 'version' | 'dataset' | 'job';
  text: string;
  /** What else it is known by: its key, its id. */
  key?: string;
  /** The path of this application. */
  href: string;
}

const SHOWN = 12;

const isBetween = (sign: string | undefined) => sign === undefined || /[\s_./-]/.test(sign);

/** How well one word of the question fits: 0 where not at all; more where it begins a word, or is one. */
function fit(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (!isBetween(text[at - 1])) return 1;
  return (at === 0 ? 3 : 2) + (isBetween(text[at + word.length]) ? 1 : 0);
}

/**
 * The places that a text means, the likeliest first: each of its words stands in the name or the key. Without a text,
 * the first places as they come. What fits equally well stays in the order in which it came.
 */
export function meant(places: readonly Place[], text: string): Place[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const scored = places.map((place) => {
    const names = [place.text, place.key ?? ''].map((name) => name.toLocaleLowerCase());
    const fits = words.map((word) => Math.max(...names.map((name) => fit(word, name))));
    const whole = names.includes(text.trim().toLocaleLowerCase()) ? 5 : 0;
    return { place, score: fits.includes(0) ? -1 : whole + fits.reduce((a, b) => a + b, 0) };
  });
  return scored
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN)
    .map(({ place }) => place);
}
