// Writes src/lib/api/schema.d.ts, or the file named as argument, from the stored OpenAPI document. A test
// fails when the committed one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const SNAPSHOT = join(web, '../crates/http/openapi.json');
const TARGET = join(web, 'src/lib/api/schema.d.ts');

/** The TypeScript text for the snapshot. */
async function generate() {
  const document = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
  // The pages name an operation by its path: without names there is one list of types, not two.
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) delete operation.operationId;
  }
  const head = '// Made by "npm run generate" from crates/http/openapi.json. Do not edit.\n\n';
  return head + astToString(await openapiTS(document, { alphabetize: true }));
}

writeFileSync(process.argv[2] ?? TARGET, await generate());
