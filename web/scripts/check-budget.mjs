// Holds the promise about size: what a browser loads for the first page stays within 60 KB gzip, and
// no chunk passes 60 KB. Reads Vite's manifest and removes it from what is shipped.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT = 60 * 1024;
const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const gzip = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/** Every file that loading `key` pulls in, static imports included. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const other of chunk.imports ?? []) closure(other, seen);
  return seen;
}

const first = new Set(['index.html', 'theme.js', 'favicon.svg']);
const pages = ['index.html', 'src/routes/overview/Overview.svelte', 'src/lib/i18n/ru/first.ts'];
for (const key of pages) {
  if (!manifest[key])
    throw new Error(`${key} is not in the manifest: the budget no longer measures it`);
  closure(key, first);
}
let total = 0;
for (const name of first) total += gzip(name);
console.log(`first page: ${kb(total)} gzip in ${first.size} files (limit ${kb(LIMIT)})`);

let wrong = total > LIMIT;
let largest = ['', 0];
for (const name of readdirSync(join(dist, 'assets'))) {
  if (!['.js', '.css'].includes(extname(name))) continue;
  const size = gzip(`assets/${name}`);
  if (size > largest[1]) largest = [name, size];
  if (size > LIMIT) {
    wrong = true;
    console.error(`chunk ${name} has ${kb(size)} gzip, at most ${kb(LIMIT)} are allowed`);
  }
}
console.log(`largest chunk: ${largest[0]} ${kb(largest[1])} gzip`);
rmSync(join(dist, '.vite'), { recursive: true });
if (wrong) process.exit(1);
