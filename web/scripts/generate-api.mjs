// Writes src/lib/api/schema.d.ts from the stored OpenAPI document. A test fails when it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
export const SNAPSHOT = join(web, '../crates/http/openapi.json');
export const TARGET = join(web, 'src/lib/api/schema.d.ts');

/** The TypeScript text for the snapshot. */
export async function generate() {
  const document = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
  const head = '// Made by "npm run generate" from crates/http/openapi.json. Do not edit.\n\n';
  return head + astToString(await openapiTS(document, { alphabetize: true }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await generate());
