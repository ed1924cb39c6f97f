import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const web = fileURLToPath(new URL('../../', import.meta.url));

it('the types of the API are those of its description; if not, run "npm run generate"', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vakhta-schema-'));
  try {
    const fresh = join(folder, 'schema.d.ts');
    execFileSync(process.execPath, [join(web, 'scripts/generate-api.mjs'), fresh]);
    const committed = readFileSync(join(web, 'src/lib/api/schema.d.ts'), 'utf8');
    expect(committed === readFileSync(fresh, 'utf8')).toBe(true);
    expect(committed).toContain('export interface paths');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
