import { expect, test } from './support/test';

test('a token is shown once, works, and stops when it is revoked', async ({
  page,
  playwright,
  server,
}) => {
  await page.goto('/ui/profile');
  await page.getByLabel('Name', { exact: true }).fill('nightly export');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const secret = await page.locator('code', { hasText: /^vkt_\w{20,}/ }).innerText();
  await expect(page.getByRole('row').filter({ hasText: 'nightly export' })).toContainText('never');

  const program = await playwright.request.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { Authorization: `Bearer ${secret}` },
  });
  expect((await program.get('/api/v1/models')).status()).toBe(200);

  await page.reload();
  await expect(page.getByRole('row').filter({ hasText: 'nightly export' })).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke nightly export' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'nightly export' })).toContainText(
    'revoked',
  );
  expect((await program.get('/api/v1/models')).status()).toBe(401);
  await program.dispose();
});

test('language and theme are kept', async ({ page }) => {
  await page.goto('/ui/profile');
  await page.getByLabel('Theme', { exact: true }).selectOption('dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByLabel('Language', { exact: true }).selectOption('ru');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Профиль');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Профиль');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toContain('dark');
});

test('a password is changed only by who knows the present one', async ({ page }) => {
  await page.goto('/ui/profile');
  await page.getByLabel('Present password').fill('not the present one');
  await page.getByLabel('New password', { exact: true }).fill('a calm evening watch');
  await page.getByLabel('New password again').fill('a calm evening watch');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Profile');
});
