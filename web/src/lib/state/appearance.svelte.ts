/** Theme and language: kept in the browser, read before the first paint by public/theme.js. */

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'ru' | 'en';

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Blocked storage: the choice holds until the page is left.
  }
}

class Appearance {
  theme = $state<Theme>(this.#storedTheme());

  #storedTheme(): Theme {
    const theme = stored('vakhta.theme');
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    store('vakhta.theme', theme);
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }

  /** The language that the document was given before the first paint. */
  firstLanguage(): Language {
    return document.documentElement.lang === 'ru' ? 'ru' : 'en';
  }

  keepLanguage(language: Language): void {
    document.documentElement.lang = language;
    store('vakhta.language', language);
  }
}

export const appearance = new Appearance();
