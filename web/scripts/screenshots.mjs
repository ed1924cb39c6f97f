// Makes the pictures of docs/images: pages of the demo's model, in both languages and themes.
// Runs `vakhta demo` (VAKHTA_BIN, or the debug build) in a folder of its own, which takes a minute or so to
// train; a running demo's address may be given instead: node scripts/screenshots.mjs http://127.0.0.1:8085
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const images = join(web, '../docs/images');
const password = process.env.VAKHTA_ADMIN_PASSWORD ?? 'lighthouse keeper 7';
const LOOKS = [
  { language: 'en', theme: 'light' },
  { language: 'ru', theme: 'dark' },
];

const PAGES = [
  ['status', 'series=L40380&period=60'],
  ['accuracy', 'tab=metrics'],
];

/** Starts the demo and answers its address once the model is trained. */
function startDemo(folder) {
  const built = join(process.env.CARGO_TARGET_DIR ?? join(web, '../target'), 'debug/vakhta');
  const program = process.env.VAKHTA_BIN ?? built;
  const child = spawn(program, ['demo', '--port', '0', '--data-dir', join(folder, 'demo')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, VAKHTA_ADMIN_PASSWORD: password },
  });
  const url = new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
      const found = /(http:\/\/\S+?)\/ui\//.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  return { url, stop };
}

async function take(url) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    for (const { language, theme } of LOOKS) {
      const context = await browser.newContext({
        baseURL: url,
        viewport: { width: 1280, height: 1176 },
        deviceScaleFactor: 1.5,
        timezoneId: 'UTC',
      });
      const login = { data: { username: 'admin', password } };
      const answer = await context.request.post('/api/v1/auth/login', login);
      if (!answer.ok()) throw new Error(`sign-in failed: ${answer.status()}`);
      await context.addInitScript(
        ([language, theme]) => {
          localStorage.setItem('vakhta.language', language);
          localStorage.setItem('vakhta.theme', theme);
        },
        [language, theme],
      );
      const page = await context.newPage();
      for (const [name, query] of PAGES) {
        await page.goto(`/ui/models/visits_by_branch?${query}`);
        await page.locator('figure svg[role=img]').first().waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        const path = join(images, `${name}-${language}-${theme}.png`);
        await page.screenshot({ path, animations: 'disabled' });
        console.log(path);
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

mkdirSync(images, { recursive: true });
const given = process.argv[2];
if (given) await take(given);
else {
  const folder = mkdtempSync(join(tmpdir(), 'vakhta-screenshots-'));
  const demo = startDemo(folder);
  try {
    await take(await demo.url);
  } finally {
    demo.stop();
    // It writes its last lines while it stops.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    rmSync(folder, { recursive: true, force: true });
  }
}
