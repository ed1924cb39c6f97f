// Puts the ReDoc bundle beside the UI: a static file that the server's /redoc page loads, never a
// chunk of the application.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = join(web, 'node_modules/redoc/bundles');
const target = join(web, 'dist/vendor');
// It asks another site for its logo and hides it where that fails. No page of ours calls other sites.
const OUTSIDE = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

function read(name) {
  const source = join(bundles, name);
  if (!existsSync(source)) throw new Error(`${source} is missing, run "npm ci"`);
  return readFileSync(source, 'utf8');
}

mkdirSync(target, { recursive: true });
const bundle = read('redoc.standalone.js');
if (!bundle.includes(OUTSIDE))
  throw new Error(`redoc no longer loads ${OUTSIDE}: look what it does`);
writeFileSync(join(target, 'redoc.standalone.js'), bundle.replaceAll(OUTSIDE, 'data:,'));
const licence = 'redoc.standalone.js.LICENSE.txt';
writeFileSync(join(target, licence), read(licence));
