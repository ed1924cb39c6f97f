import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { oneTimePassword, PASSWORD, startServer } from './support/server';
import { expect, signIn, test } from './support/test';

test('leads to the page that was asked for', async ({ visitor: page }) => {
  await page.goto('/ui/jobs?state=running');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jobs');
  await expect(page).toHaveURL(/\/ui\/jobs\?state=running$/);
});

test('refuses a wrong password in words and says nothing of which part was wrong', async ({
  visitor: page,
}) => {
  await signIn(page, 'not the password');
  await expect(page.getByRole('alert')).toContainText('The name or the password is wrong.');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('admin');
  expect(await page.context().cookies()).toEqual([]);
});

test('keeps the session in a cookie that scripts cannot read, until sign-out', async ({
  visitor: page,
}) => {
  await signIn(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');

  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await page.goto('/ui/models');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});

test('asks again when the session ended on the server', async ({ page, context }) => {
  await page.goto('/ui/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  // A request that is still under way would find out before the click does.
  await page.waitForLoadState('networkidle');
  await context.clearCookies();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByText('You were signed out. Sign in to go on.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Models');
});

test('speaks Russian and remembers it', async ({ visitor: page }) => {
  await page.goto('/ui/sign-in');
  await page.getByRole('button', { name: 'Русский' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Вход');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Вход');
});

test('replaces the one-time password at the first start', async ({ browser }) => {
  const server = await startServer({ oneTime: true });
  try {
    const page = await browser.newPage({ baseURL: server.url });
    await signIn(page, oneTimePassword(server));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose your password');
    // No page opens before it is replaced.
    await page.goto('/ui/models');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose your password');

    await page.getByLabel('One-time password').fill(oneTimePassword(server));
    await page.getByLabel('New password', { exact: true }).fill('a calm evening watch');
    await page.getByLabel('New password again').fill('a calm evening wat');
    await expect(page.getByText('The two passwords differ.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Set password' })).toBeDisabled();
    await page.getByLabel('New password again').fill('a calm evening watch');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
    await expect.poll(() => existsSync(join(server.dataDir, 'first-sign-in.txt'))).toBe(false);

    const again = await browser.newPage({ baseURL: server.url });
    await signIn(again, 'a calm evening watch');
    await expect(again.getByText('Nothing to watch yet')).toBeVisible();
    await again.close();
    await page.close();
  } finally {
    await server.stop();
  }
});
