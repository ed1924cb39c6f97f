/** Keys of datasets and models: `[a-z0-9_-]{1,64}`, made from a name that people gave. */

export const KEY = /^[a-z0-9_-]{1,64}$/;

const LETTERS: Record<string, string> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y',
  к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f',
  х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
}; // prettier-ignore

/** `Продажи 2026.csv` becomes `prodazhi_2026`. May be empty where no letter has a Latin form. */
export function keyFrom(name: string): string {
  const bare = name.replace(/\.[A-Za-z0-9]{1,8}$/, '').toLowerCase();
  let key = '';
  for (const letter of bare) key += LETTERS[letter] ?? letter;
  return key
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64)
    .replace(/_+$/, '');
}
