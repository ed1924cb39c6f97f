/** The address bar as state: the History API below `/ui`, nothing more. */

import { changedQuery } from './match';

export const BASE = '/ui';

/** The address of a path of this application. */
export const to = (path: string): string => BASE + path;

const below = (pathname: string): string => {
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return path === '' ? '/' : path;
};

class Router {
  path = $state(below(location.pathname));
  search = $state(location.search);
  query = $derived(new URLSearchParams(this.search));
  /** Grows with each change of page, not of query: the sign to move the focus. */
  moves = $state(0);

  constructor() {
    window.addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (e) => this.#follow(e));
  }

  /** Goes to a path of this application, e.g. `/models?task=forecast`. */
  go(path: string, options: { replace?: boolean } = {}): void {
    const url = to(path);
    if (options.replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.#read();
  }

  /** Changes parts of the query and stays on the page. */
  set(changes: Record<string, string | null | undefined>, options: { push?: boolean } = {}): void {
    const search = changedQuery(location.search, changes);
    if (search === location.search) return;
    const url = location.pathname + search;
    if (options.push) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    this.#read();
  }

  /** The address of this page with parts of its query changed. */
  with(changes: Record<string, string | null | undefined>): string {
    return to(this.path) + changedQuery(this.search, changes);
  }

  #read(): void {
    const path = below(location.pathname);
    this.search = location.search;
    if (path !== this.path) {
      this.path = path;
      this.moves += 1;
      window.scrollTo(0, 0);
    }
  }

  #follow(e: MouseEvent): void {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey)
      return;
    const link = (e.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(`${BASE}/`)) return;
    // A link to a place on the page (skip link) and a file with a name are the browser's.
    if (link.hash || /\.\w+$/.test(link.pathname)) return;
    e.preventDefault();
    if (link.href !== location.href) history.pushState(null, '', link.href);
    this.#read();
  }
}

export const router = new Router();
