// Puts the ReDoc bundle beside the UI: a static file that the server's /redoc page loads, never a
// chunk of the application.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = join(web, 'node_modules/redoc/bundles');
const target = join(web, 'dist/vendor');
mkdirSync(target, { recursive: true });
for (const name of ['redoc.standalone.js', 'redoc.standalone.js.LICENSE.txt']) {
  const source = join(bundles, name);
  if (!existsSync(source)) throw new Error(`${source} is missing, run "npm ci"`);
  copyFileSync(source, join(target, name));
}
