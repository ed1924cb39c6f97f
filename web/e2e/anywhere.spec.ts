import { readFileSync } from 'node:fs';
import { whole } from './support/look';
import { expect, signedInContext, test } from './support/test';

test('anything is gone to by typing its name', async ({ page, api }, info) => {
  await api.trained('harbour');
  await page.goto('/ui/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Go to' });
  const field = dialog.getByRole('combobox');
  await expect(field).toBeFocused();
  await field.fill('harb');
  const options = dialog.getByRole('option');
  await expect(options.first()).toContainText('Visits harbour');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await expect(options.filter({ hasText: '1.0.0' })).toBeVisible();
  await whole(page, 'going anywhere');
  await page.screenshot({ path: info.outputPath('go-to.png'), animations: 'disabled' });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Visits harbour');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: /Go to…/ }).click();
  await field.fill('train harbour');
  await expect(options.first()).toContainText('Train Visits harbour');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/harbour\?tab=train/);

  await page.keyboard.press('Control+k');
  await field.fill('no such thing');
  await expect(dialog.getByText('Nothing by that name')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await field.fill('events');
  await options.first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Events');
});

test('a chart is saved as a picture', async ({ page, api }) => {
  await api.trained('picture');
  await page.goto('/ui/models/picture');
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('figure').first().getByRole('button', { name: 'Download as PNG' }).click(),
  ]);
  expect(png.suggestedFilename()).toMatch(/\.png$/);
  const bytes = readFileSync(await png.path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  // Width and height stand big-endian in the first chunk.
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(800);
  expect(bytes.length).toBeGreaterThan(10_000);
});

test('installed, it opens without the server and says so', async ({ browser, server }) => {
  const context = await signedInContext(browser, server, { serviceWorkers: 'allow' });
  const page = await context.newPage();
  await page.goto('/ui/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  const manifest = await context.request.get('/ui/manifest.webmanifest');
  expect(manifest.headers()['content-type']).toContain('manifest+json');
  await page.evaluate(() => navigator.serviceWorker.ready);
  // The first page came before its worker; the second one is kept by it.
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');

  await context.setOffline(true);
  await page.goto('/ui/models');
  await expect(page.getByRole('alert')).toContainText('The server does not answer.');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Models');
  await context.close();
});
