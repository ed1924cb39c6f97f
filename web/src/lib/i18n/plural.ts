/** A number with the right form of its noun, by the rules of the language. */

export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

function cached<T>(cache: Map<string, T>, language: string, make: () => T): T {
  let value = cache.get(language);
  if (value === undefined) {
    value = make();
    cache.set(language, value);
  }
  return value;
}

/** `plural('ru', 2, {one: 'день', few: 'дня', many: 'дней', other: 'дня'})` is `2 дня`. */
export function plural(language: string, count: number, forms: Forms): string {
  const rule = cached(rules, language, () => new Intl.PluralRules(language)).select(count);
  const number = cached(numbers, language, () => new Intl.NumberFormat(language)).format(count);
  return `${number}\u00a0${forms[rule] ?? forms.other}`;
}
