/** The real program on a free port with a data folder of its own; gone when the tests end, however they end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PASSWORD = 'lighthouse keeper 7';

export interface Server {
  url: string;
  dataDir: string;
  /** What it wrote to its log so far. */
  log(): string;
  stop(): Promise<void>;
}

function program(): string {
  const named = process.env['VAKHTA_BIN'];
  if (named) return named;
  const built = process.env['CARGO_TARGET_DIR'];
  const path = built
    ? join(built, 'debug/vakhta')
    : fileURLToPath(new URL('../../../target/debug/vakhta', import.meta.url));
  if (!existsSync(path)) {
    throw new Error(`there is no ${path}: build it by "cargo build", or name one by VAKHTA_BIN`);
  }
  return path;
}

/** Starts a server. With `oneTime` it makes its own one-time password, else the password is {@link PASSWORD}. */
export async function startServer({
  oneTime = false,
  more = {},
  port = 0,
}: { oneTime?: boolean; more?: Record<string, string>; port?: number } = {}): Promise<Server> {
  const path = program();
  const dataDir = mkdtempSync(join(tmpdir(), 'vakhta-e2e-'));
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VAKHTA_'));
  const child = spawn(path, ['serve', '--json', '--port', String(port), '--data-dir', dataDir], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(own),
      VAKHTA_LOG_LEVEL: 'warn',
      VAKHTA_LOGIN_PER_MIN: '1000',
      VAKHTA_THREADS: '1',
      ...(oneTime ? {} : { VAKHTA_ADMIN_PASSWORD: PASSWORD }),
      ...more,
    },
  });
  let log = '';
  child.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()));
  const killed = () => kill(child, 'SIGKILL');
  process.once('exit', killed);
  const stop = async () => {
    const ended = new Promise<void>((resolve) => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
        resolve();
      else child.once('exit', () => resolve());
    });
    kill(child, 'SIGTERM');
    const late = setTimeout(killed, 10_000);
    await ended;
    clearTimeout(late);
    process.off('exit', killed);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await ready(child, () => log);
    const page = await fetch(`${url}/ui/`);
    if (!page.ok) throw new Error(`the server has no web UI, run "npm run build": ${page.status}`);
    return { url, dataDir, log: () => log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // The whole group: whatever it started ends with it.
    process.kill(-child.pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Waits for the JSON in which the server says that it is ready, and where. */
function ready(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(
      () => reject(new Error(`the server is not ready after 60 s:\n${log()}`)),
      60_000,
    );
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const url = /"url":\s*"([^"]+)"/.exec(said)?.[1];
      if (!url) return;
      clearTimeout(late);
      resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the server ended with ${code}:\n${said}${log()}`));
    });
  });
}

/** The one-time password that a server started with `oneTime` keeps in its data folder. */
export function oneTimePassword(server: Server): string {
  const text = readFileSync(join(server.dataDir, 'first-sign-in.txt'), 'utf8');
  const password = /^one-time password: (.+)$/m.exec(text)?.[1];
  if (!password) throw new Error(`first-sign-in.txt names no password: ${text}`);
  return password;
}
