/** Finds the route of a path. Pure: no history, no document. */

export interface Match<R> {
  route: R;
  params: Record<string, string>;
}

/** Matches `/models/{key}` and the like against a path below the base; the first that fits wins. */
export function matchRoute<R extends { path: string }>(
  routes: readonly R[],
  path: string,
): Match<R> | null {
  const parts = split(path);
  for (const route of routes) {
    const params = fit(split(route.path), parts);
    if (params) return { route, params };
  }
  return null;
}

const split = (path: string): string[] => path.split('/').filter((part) => part !== '');

function fit(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [i, want] of pattern.entries()) {
    const have = parts[i] ?? '';
    if (want.startsWith('{')) {
      try {
        params[want.slice(1, -1)] = decodeURIComponent(have);
      } catch {
        return null;
      }
    } else if (want !== have) return null;
  }
  return params;
}

/** A query string with some values changed; an empty value removes its name, so that URLs stay short. */
export function changedQuery(
  search: string,
  changes: Record<string, string | null | undefined>,
): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** Only a path of this application is followed after sign-in, never another site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
