import { readFileSync } from 'node:fs';
import { spec, visits } from './support/data';
import { expect, type Page, test } from './support/test';

const dialog = (page: Page) => page.getByRole('dialog');

test('a model is made by the wizard, trained before the eyes, and shows its forecast', async ({
  page,
  api,
}) => {
  await api.upload('wizard', visits(), 'Visits to branches');
  await page.goto('/ui/datasets/wizard');
  await page.getByRole('link', { name: 'New model from it' }).click();

  // Roles are guessed.
  await expect(page.getByLabel('Role: date')).toHaveValue('time');
  await expect(page.getByLabel('Role: branch')).toHaveValue('series');
  await expect(page.getByLabel('Role: visits')).toHaveValue('target');
  await expect(page.getByLabel('Role: promo')).toHaveValue('known_future');
  const yaml = page.getByRole('region', { name: 'The spec' });
  await expect(yaml).toContainText('series: [branch]');

  // A mistake is named before anything is sent.
  await page.getByLabel('Role: visits').selectOption('unused');
  await expect(page.getByRole('alert')).toHaveText('Choose the column to forecast.');
  await expect(page.getByRole('button', { name: 'Create and train' })).toBeDisabled();
  await page.getByLabel('Role: visits').selectOption('target');

  await page.getByLabel('Key').fill('wizard_visits');
  await page.getByLabel('Title in Russian').fill('Посещения');
  await page.getByLabel('Horizon, periods').fill('14');
  await page.getByLabel('Public holidays').selectOption('RU');
  await expect(yaml).toContainText('horizon: 14');
  await expect(yaml).toContainText('country: RU');
  await page.getByRole('button', { name: 'Create and train' }).click();

  // The training runs and ends by itself, seen live.
  await expect(page).toHaveURL(/\/ui\/models\/wizard_visits\?tab=train&job=/);
  await expect(page.getByRole('heading', { name: 'Training ended' })).toBeVisible({
    timeout: 45_000,
  });
  await expect(page.getByText('It is the first good version, so it serves now.')).toBeVisible();
  await page.getByText(/^Log ·/).click();
  await expect(page.getByRole('log')).toContainText('learning from dataset wizard version 1');

  await page.getByRole('link', { name: 'Status', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Visits to branches');
  await expect(page.getByRole('img', { name: /History and forecast: Arbat/ })).toBeVisible();
  for (const name of ['WAPE', 'MAPE', 'Bias', 'Intervals', 'What the forecast looks at']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
});

test('the chart can be read by pointer, by keyboard, as a table, and taken away', async ({
  page,
  api,
}) => {
  await api.trained('chart');
  await page.goto('/ui/models/chart');
  const plot = page.getByRole('group', { name: /History and forecast: Arbat/ });
  await expect(plot).toBeVisible();

  const box = await plot.boundingBox();
  if (!box) throw new Error('the chart has no size');
  await plot.scrollIntoViewIfNeeded();
  await plot.hover({ position: { x: box.width - 60, y: 120 } });
  await expect(plot.getByText('Forecast', { exact: true })).toBeVisible();
  await expect(plot.getByText('95% interval')).toBeVisible();
  await page.mouse.move(0, 0);

  await plot.focus();
  await page.keyboard.press('Home');
  const said = page.locator('[aria-live=polite]').filter({ hasText: 'Actual' });
  await expect(said).toHaveText(/^\w{3} \d+, 2025: Actual [\d,]+$/);
  await page.keyboard.press('End');
  await expect(page.locator('[aria-live=polite]').filter({ hasText: '80% interval' })).toHaveText(
    /Forecast [\d.,]+, 80% interval [\d.,]+ – [\d.,]+, 95% interval/,
  );

  // The series and the stretch are in the address.
  await page.getByLabel('branch').selectOption('Station');
  await expect(page.getByRole('group', { name: /forecast: Station/ })).toBeVisible();
  await page.getByLabel('History', { exact: true }).selectOption('60');
  await expect(page).toHaveURL(/series=Station&period=60$/);
  await page.reload();
  await expect(page.getByRole('group', { name: /forecast: Station/ })).toBeVisible();

  const figure = page.getByRole('figure').filter({ has: page.getByText('95% interval') });
  await figure.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: /forecast: Station/ });
  await expect(table.getByRole('row')).toHaveCount(1 + 60 + 14);
  await expect(table.getByRole('columnheader')).toHaveText([
    'Date',
    'Actual',
    'Forecast',
    '80% from',
    '80% to',
    '95% from',
    '95% to',
  ]);

  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: 'Download as CSV' }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe('chart-forecast.csv');
  const lines = readFileSync(await csv.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(1 + 60 + 14);
  expect(lines[0]).toBe('Date,Actual,Forecast,80% from,80% to,95% from,95% to');
  expect(lines[1]).toMatch(/^2025-\d\d-\d\d,\d+,,,,,$/);
  const last = (lines.at(-1) ?? '').split(',').slice(2).map(Number);
  const [value = NaN, low80 = NaN, high80 = NaN, low95 = NaN, high95 = NaN] = last;
  expect([low95, low80, value, high80, high95]).toEqual([...last].sort((a, b) => a - b));

  await figure.getByRole('button', { name: 'Show as chart' }).click();
  const [svg] = await Promise.all([
    page.waitForEvent('download'),
    figure.getByRole('button', { name: 'Download as SVG' }).click(),
  ]);
  const drawing = readFileSync(await svg.path(), 'utf8');
  expect(drawing).toMatch(/^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(drawing).toContain('Forecast starts');
});

test('versions are compared, deployed and rolled back, each with its reason', async ({
  page,
  api,
}) => {
  await api.trained('ship');
  await api.train('ship', { alias: '1.1.0', reason: 'prices changed' });
  await page.goto('/ui/models/ship?tab=versions');
  const versions = page.getByRole('region', { name: 'Versions' });
  const row = (alias: string) =>
    versions.getByRole('row').filter({ has: page.getByRole('rowheader', { name: alias }) });
  await expect(row('1.0.0')).toContainText('serves');
  await expect(row('1.1.0')).toContainText('ready');
  await expect(row('1.1.0')).toContainText('prices changed');

  await row('1.0.0').getByRole('checkbox').check();
  await row('1.1.0').getByRole('checkbox').check();
  await expect(page.getByRole('region', { name: 'Compare' }).getByRole('row')).toHaveCount(11);
  await expect(page).toHaveURL(/compare=/);

  await page.getByRole('button', { name: 'Deploy 1.1.0' }).click();
  await expect(dialog(page).getByRole('heading')).toHaveText(/^Deploy 1\.1\.0 \(/);
  await expect(dialog(page)).toContainText('It replaces 1.0.0');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(row('1.0.0')).toContainText('serves');

  await page.getByRole('button', { name: 'Deploy 1.1.0' }).click();
  await dialog(page).getByLabel('Reason').fill('better at weekends');
  await dialog(page).getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByText(/^1\.1\.0 .*serves now$/)).toBeVisible();
  await expect(row('1.1.0')).toContainText('serves');
  await expect(row('1.0.0')).toContainText('served before');
  await expect(page.getByText('better at weekends')).toBeVisible();

  await page.getByRole('button', { name: 'Roll back' }).click();
  await expect(dialog(page).getByRole('heading')).toHaveText(/^Roll back to 1\.0\.0/);
  await dialog(page).getByLabel('Reason').fill('worse after all');
  await dialog(page).getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByText(/^1\.0\.0 .*serves now$/)).toBeVisible();
  await expect(page.getByText('worse after all')).toBeVisible();

  await versions.getByRole('link', { name: '1.1.0' }).click();
  await expect(page.getByRole('heading', { name: '1.1.0' })).toBeVisible();
  await expect(page.getByText('prices changed')).toBeVisible();
  await page.getByText('Parameters', { exact: true }).click();
  await page.getByRole('link', { name: 'All versions' }).click();
  await expect(versions).toBeVisible();
});

test('the spec is changed with its mistakes pointed at, and the model deleted by name', async ({
  page,
  api,
}) => {
  await api.upload('edited', visits(120));
  await api.createModel(spec('edited', 'edited'));
  await page.goto('/ui/models/edited');
  await expect(page.getByText('No version serves yet')).toBeVisible();
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  const text = page.getByRole('textbox', { name: 'Spec' });
  const before = await text.inputValue();
  await text.fill(before.replace('horizon: 14', 'horizn: 7'));
  await page.getByRole('button', { name: 'Save the spec' }).click();
  await expect(page.getByRole('alert')).toContainText('horizn');
  await text.fill(before.replace('horizon: 14', 'horizon: 7'));
  await page.getByRole('button', { name: 'Save the spec' }).click();
  await expect(page.getByText('The spec was saved.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Spec' })).toContainText('horizon: 7');
  await expect(page.getByText('Revision 2.')).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog(page).getByLabel('Type edited to confirm').fill('edited');
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/ui\/models$/);
  await expect(page.getByRole('link', { name: 'edited' })).toHaveCount(0);
});
