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
