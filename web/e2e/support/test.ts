/** `test` with a running server, a signed-in page, and a watch over what must never happen on a page. */

import {
  type Browser,
  type BrowserContext,
  expect,
  type Page,
  test as base,
} from '@playwright/test';
import { Api } from './api';
import { PASSWORD, type Server, startServer } from './server';

export { expect, type Page };

interface ForWorker {
  server: Server;
  api: Api;
}
interface ForTest {
  /** A page of somebody who has not signed in. */
  visitor: Page;
}

/** Errors of scripts and refusals of the content security policy; answers such as 404 are a test's own matter. */
function watch(context: BrowserContext, wrong: string[]): void {
  context.on('weberror', (error) => wrong.push(String(error.error())));
  context.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) wrong.push(text);
  });
}

export async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.goto('/ui/sign-in');
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A context in which somebody is signed in already, as after a visit before. */
export async function signedInContext(
  browser: Browser,
  server: Server,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  const answer = await context.request.post('/api/v1/auth/login', {
    data: { username: 'admin', password: PASSWORD },
  });
  expect(answer.status()).toBe(200);
  return context;
}

export const test = base.extend<ForTest, ForWorker>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from here.
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  api: [
    async ({ server }, use) => {
      await use(await new Api(server).signIn());
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  visitor: async ({ browser, server }, use) => {
    const wrong: string[] = [];
    const context = await browser.newContext({ baseURL: server.url });
    watch(context, wrong);
    await use(await context.newPage());
    await context.close();
    expect(wrong).toEqual([]);
  },
  context: async ({ browser, server }, use) => {
    const wrong: string[] = [];
    const context = await signedInContext(browser, server);
    watch(context, wrong);
    await use(context);
    await context.close();
    expect(wrong).toEqual([]);
  },
});
