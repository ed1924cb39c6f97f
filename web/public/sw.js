// Keeps the shell, so that an installed application opens without the server and says so itself. What the server
// answers is never kept: a number without its server would be a number of nobody knows when.
const PAGES = 'vakhta-pages';
const ASSETS = 'vakhta-assets';
const SHELL = '/ui/';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** The newest shell; the kept one where no server answers. Another shell has other assets: old ones are let go. */
async function shell(request) {
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (!answer.ok) return answer;
    const [now, kept] = [await answer.clone().text(), await (await pages.match(SHELL))?.text()];
    if (kept !== undefined && kept !== now) await caches.delete(ASSETS);
    await pages.put(SHELL, answer.clone());
    return answer;
  } catch (error) {
    const kept = await pages.match(SHELL);
    if (kept) return kept;
    throw error;
  }
}

/** Files below assets/ carry a hash of their content in their name, so a kept one is the right one. */
async function asset(request) {
  const assets = await caches.open(ASSETS);
  const kept = await assets.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await assets.put(request, answer.clone());
  return answer;
}

/** The few files that stand beside the shell: the newest, else the kept one. */
async function beside(request) {
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (answer.ok) await pages.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await pages.match(request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(shell(request));
  else if (pathname.startsWith('/ui/assets/')) event.respondWith(asset(request));
  else if (['/ui/theme.js', '/ui/favicon.svg'].includes(pathname))
    event.respondWith(beside(request));
});
