import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/test';

test('live accuracy is told by day and by series', async ({ page, api }) => {
  await api.watched('live');
  await page.goto('/ui/models/live');
  await page.getByRole('link', { name: 'Accuracy', exact: true }).click();
  const mean = page.getByRole('article').filter({ hasText: 'MAPE, mean' });
  await expect(mean).toContainText('10.0%');
  await expect(page.getByRole('article').filter({ hasText: 'Bias' }).first()).toContainText('+');

  const chart = page.getByRole('figure').first();
  await chart.getByRole('button', { name: 'Show as table' }).click();
  await expect(chart.getByRole('cell', { name: '10.0%' }).first()).toBeVisible();
  const series = page.getByRole('region', { name: 'By series' });
  await expect(series.getByRole('row')).toHaveCount(4);
  await page.getByLabel('Find a series').fill('harb');
  await expect(series.getByRole('row')).toHaveCount(2);

  await page.getByRole('button', { name: '7 days' }).click();
  await expect(page).toHaveURL(/days=7/);
  await expect(page.getByRole('button', { name: '7 days' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(mean).toContainText('10.0%');
});

test('a model that nobody asked yet says when its numbers come', async ({ page, api }) => {
  await api.trained('unasked');
  await page.goto('/ui/models/unasked?tab=metrics');
  await expect(
    page.getByRole('heading', { name: 'No answer has met its actual yet' }),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Drift', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No report yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('Drift was checked.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No report yet' })).toBeVisible();
});

test('drift is shown column by column, with what was and what is', async ({ page, api }) => {
  await api.watched('bent');
  await page.goto('/ui/models/bent?tab=drift');
  const columns = page.getByRole('region', { name: 'Columns' });
  const visits = columns.getByRole('row').filter({ hasText: 'target' });
  await expect(visits).toContainText(/drifted|confirmed/);
  await expect(columns.getByRole('row').filter({ hasText: 'branch' })).toContainText('stable');
  await expect(page.getByRole('heading', { name: 'Values of visits' })).toBeVisible();
  await columns.getByRole('link', { name: 'branch' }).click();
  await expect(page).toHaveURL(/column=branch/);
  const figure = page.getByRole('figure');
  await figure.getByRole('button', { name: 'Show as table' }).click();
  await expect(figure.getByRole('row').filter({ hasText: 'Arbat' })).toContainText('33%');
});

test('an alert is seen from every page, taken over, and ended', async ({ page, api }) => {
  await page.goto('/ui/');
  await api.brokenSource('feed');
  const bell = page.getByRole('banner').getByRole('link', { name: /alert/ });
  await expect(bell).toBeVisible({ timeout: 60_000 });
  await bell.click();
  const row = page.getByRole('row').filter({ hasText: 'day.csv' });
  await expect(row.first()).toContainText('fires');
  await row.first().getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByLabel('Reason').fill('the shop is told');
  await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
  await expect(row.first()).toContainText('by admin: the shop is told');
  await row.first().getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
  await expect(page.getByText('by admin: the shop is told')).toHaveCount(0);
  await page.getByLabel('Show').selectOption('All of 30 days');
  await expect(
    page.getByRole('row').filter({ hasText: 'by admin: the shop is told' }),
  ).toContainText('over');
});

test('a source is connected, read, corrected and deleted', async ({ page, server }) => {
  const folder = join(server.dataDir, 'incoming', 'shop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'monday.csv'),
    'date,branch,visits\n2026-03-02,Arbat,10\n2026-03-02,Harbour,12\n',
  );

  await page.goto('/ui/datasets');
  await page.getByRole('link', { name: 'Sources' }).click();
  await page.getByRole('button', { name: 'Connect a source' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Folder or bucket').fill('file:///etc');
  await dialog.getByLabel('Table that it fills').fill('shop');
  await dialog.getByLabel('Columns that tell rows apart').fill('branch');
  await dialog.getByLabel('Column of dates').fill('date');
  await dialog.getByRole('button', { name: 'Connect a source' }).click();
  await expect(dialog.getByText(/source_folders/).first()).toBeVisible();
  await dialog.getByLabel('Folder or bucket').fill(`file://${folder}`);
  await dialog.getByRole('button', { name: 'Connect a source' }).click();

  const source = page
    .getByRole('region', { name: 'Sources' })
    .getByRole('row')
    .filter({ hasText: 'shop' });
  await expect(source).toContainText('new rows');
  await expect(source).toContainText('Mar 2, 2026');
  const runs = page.getByRole('region', { name: 'Runs' }).getByRole('row');
  await expect(runs).toHaveCount(2);

  writeFileSync(
    join(folder, 'tuesday.csv'),
    'date,branch,visits\n2026-03-02,Arbat,11\n2026-03-03,Arbat,9\n',
  );
  await source.getByRole('button', { name: 'Read now' }).click();
  await expect(runs).toHaveCount(3);
  await expect(runs.nth(1)).toContainText(/new rows\s*1\s*1\s*0\s*2/);
  await expect(source).toContainText('Mar 3, 2026');

  await source.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('shop was deleted')).toBeVisible();
  await expect(source).toHaveCount(0);
  await page.getByRole('link', { name: 'Tables' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'shop' })).toContainText('3');
});
