import { readFileSync } from 'node:fs';
import { Codes } from './support/codes';
import { PASSWORD, startServer } from './support/server';
import { expect, type Page, signIn, test } from './support/test';

async function secretOf(page: Page): Promise<string> {
  const grouped = await page.locator('code.key').innerText();
  return grouped.replaceAll(' ', '');
}

/** The recovery codes, once they are shown. */
async function shownCodes(page: Page): Promise<string[]> {
  const codes = page.locator('ul.codes li');
  await expect(codes).toHaveCount(10);
  return codes.allInnerTexts();
}

/** From the password to the recovery codes. */
async function enrol(page: Page): Promise<{ codes: Codes; recovery: string[] }> {
  await page.getByLabel('Present password').last().fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  const codes = new Codes(await secretOf(page));
  await page.getByLabel('Code of the app').fill('000000');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByText('This is not the code of this moment')).toBeVisible();
  await page.getByLabel('Code of the app').fill(await codes.next());
  await page.keyboard.press('Enter');
  await expect(page.getByText('Recovery codes', { exact: true })).toBeVisible();
  return { codes, recovery: await shownCodes(page) };
}

test('a second factor is set up, asked for, and turned off', async ({ browser }) => {
  const server = await startServer();
  try {
    const context = await browser.newContext({ baseURL: server.url, acceptDownloads: true });
    const page = await context.newPage();
    const h1 = page.getByRole('heading', { level: 1 });
    await signIn(page);
    await expect(h1).toHaveText('Overview');
    await page.goto('/ui/profile');
    await page.getByRole('button', { name: 'Set up' }).click();
    const { codes, recovery } = await enrol(page);
    expect(recovery).toHaveLength(10);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a file' }).click();
    const text = readFileSync(await (await saved).path(), 'utf8');
    expect(recovery.every((code) => text.includes(code))).toBe(true);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await expect(page.getByText('Recovery codes left')).toBeVisible();
    await page.reload();
    await expect(page.getByText('Recovery codes left')).toBeVisible();
    for (const code of recovery) await expect(page.getByText(code)).toHaveCount(0);

    // With the keyboard alone, in Russian: password, code, in.
    await context.clearCookies();
    await page.goto('/ui/sign-in');
    await page.getByRole('button', { name: 'Русский' }).click();
    await page.getByLabel('Имя', { exact: true }).fill('admin');
    await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect(h1).toHaveText('Ещё один шаг');
    await expect(page.getByLabel('Код из приложения или запасной код')).toBeFocused();
    await page.keyboard.type('111111');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Это не нынешний код')).toBeVisible();
    await page.getByLabel('Код из приложения или запасной код').fill(await codes.next());
    await page.keyboard.press('Enter');
    await expect(h1).toHaveText('Обзор');

    // Without the phone, and back to the first step by choice.
    await context.clearCookies();
    await page.goto('/ui/sign-in');
    await page.getByRole('button', { name: 'English' }).click();
    await signIn(page);
    await expect(h1).toHaveText('One more step');
    await page.getByRole('button', { name: 'Another account' }).click();
    await expect(h1).toHaveText('Sign in');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Code of the app, or a recovery code').fill(recovery[0] ?? '');
    await page.keyboard.press('Enter');
    await expect(h1).toHaveText('Overview');

    await page.goto('/ui/profile');
    await page.getByRole('button', { name: 'New recovery codes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Present password').fill(PASSWORD);
    await dialog.getByLabel('Code of the app, or a recovery code').fill(recovery[1] ?? '');
    await dialog.getByRole('button', { name: 'New recovery codes' }).click();
    const fresh = await shownCodes(page);
    expect(fresh).toHaveLength(10);
    await page.getByRole('button', { name: 'I have kept them' }).click();

    await page.getByRole('button', { name: 'Turn off' }).click();
    await dialog.getByLabel('Present password').fill(PASSWORD);
    await dialog.getByLabel('Code of the app, or a recovery code').fill(recovery[2] ?? '');
    await dialog.getByRole('button', { name: 'Turn off' }).click();
    await expect(dialog.getByText('This is not the code of this moment')).toBeVisible();
    await dialog.getByLabel('Code of the app, or a recovery code').fill(fresh[0] ?? '');
    await dialog.getByRole('button', { name: 'Turn off' }).click();
    await expect(page.getByRole('button', { name: 'Set up' })).toBeVisible();
    await context.close();
  } finally {
    await server.stop();
  }
});

test('who must have one sets it up before any page opens', async ({ browser }) => {
  const server = await startServer({ more: { VAKHTA_SECOND_FACTOR_TIERS: 'system_admin' } });
  try {
    const page = await browser.newPage({ baseURL: server.url, colorScheme: 'dark' });
    const h1 = page.getByRole('heading', { level: 1 });
    await signIn(page);
    await expect(h1).toHaveText('Set up a second factor');
    await page.goto('/ui/models');
    await expect(h1).toHaveText('Set up a second factor');
    await enrol(page);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await expect(h1).toHaveText('Overview');
    await page.close();
  } finally {
    await server.stop();
  }
});

test('who lost phone and recovery codes is helped by an administrator', async ({
  browser,
  page,
  server,
}) => {
  await page.goto('/ui/admin');
  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('olga');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Add a user' }).click();
  await expect(page.getByText('olga may sign in.')).toBeVisible();

  const hers = await browser.newPage({ baseURL: server.url });
  await hers.goto('/ui/profile');
  await hers.getByLabel('Name', { exact: true }).fill('olga');
  await hers.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await hers.getByRole('button', { name: 'Sign in' }).click();
  await hers.getByRole('button', { name: 'Set up' }).click();
  await enrol(hers);

  await page.reload();
  const olga = page.getByRole('row').filter({ hasText: 'olga' });
  await expect(olga).toContainText('second factor');
  await olga.getByRole('button', { name: 'Second factor off: olga' }).click();
  await dialog.getByRole('button', { name: 'Second factor off' }).click();
  await expect(olga.getByRole('button', { name: /Second factor off/ })).toHaveCount(0);
  await hers.context().clearCookies();
  await hers.goto('/ui/sign-in');
  await hers.getByLabel('Name', { exact: true }).fill('olga');
  await hers.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await hers.getByRole('button', { name: 'Sign in' }).click();
  await expect(hers.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await hers.close();
});
