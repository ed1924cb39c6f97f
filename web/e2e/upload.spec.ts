import { badTable, russianTable, visits } from './support/data';
import { expect, type Page, test } from './support/test';

const dialog = (page: Page) => page.getByRole('dialog');
async function choose(page: Page, name: string, buffer: Buffer | string): Promise<void> {
  await dialog(page)
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(buffer) });
}

test('reads a Russian spreadsheet, shows how, and stores it', async ({ page }) => {
  await page.goto('/ui/datasets');
  await page.getByRole('button', { name: 'Upload a file' }).first().click();
  await choose(page, 'Выручка филиалов.csv', russianTable());

  const form = dialog(page);
  await expect(form.getByLabel('Encoding')).toHaveText(/windows-1251 \(detected\)/);
  await expect(form.getByLabel('Delimiter')).toHaveText(/semicolon ; \(detected\)/);
  await expect(form.getByLabel('Decimal sign')).toHaveText(/comma , \(detected\)/);
  await expect(form.getByLabel('Dates')).toHaveText(/DD\.MM\.YYYY \(detected\)/);
  await expect(form.getByRole('columnheader', { name: /Выручка/ })).toBeVisible();
  await expect(form.getByRole('cell', { name: 'Центр' }).first()).toBeVisible();
  await expect(form.getByText('120 rows · 3 columns')).toBeVisible();
  await expect(form.getByLabel('Key')).toHaveValue('vyruchka_filialov');
  await expect(form.getByLabel('Title')).toHaveValue('Выручка филиалов');

  await form.getByLabel('Key').fill('Not A Key');
  await expect(form.getByText('Use 1 to 64 of a–z, 0–9, _ and -')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled();
  await form.getByLabel('Key').fill('revenue');
  await form.getByRole('button', { name: 'Upload', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Выручка филиалов');
  await expect(page).toHaveURL(/\/ui\/datasets\/revenue$/);
  await expect(page.getByText('revenue was uploaded')).toBeVisible();
  await expect(page.getByRole('row', { name: /Выручка.*number/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Дата.*date/ })).toBeVisible();
  await expect(page.getByText('csv · windows-1251 · ; · DD.MM.YYYY')).toBeVisible();

  await page.getByRole('link', { name: 'Rows', exact: true }).click();
  await expect(page).toHaveURL(/tab=preview/);
  await expect(page.getByRole('cell', { name: 'Юг' }).first()).toBeVisible();
});

test('lets the reader correct what was detected', async ({ page }) => {
  await page.goto('/ui/datasets?upload=1');
  await choose(page, 'visits.csv', visits(30));
  const form = dialog(page);
  await expect(form.getByText('90 rows · 4 columns')).toBeVisible();
  await form.getByLabel('Delimiter').selectOption(';');
  await expect(form.getByRole('alert')).toContainText('the file looks delimited by `,`');
  await expect(form.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled();
  await form.getByLabel('Delimiter').selectOption('');
  await expect(form.getByText('90 rows · 4 columns')).toBeVisible();
  await expect(form.getByRole('alert')).toHaveCount(0);
  await form.getByLabel('Dates').selectOption('YYYY-MM-DD');
  await expect(form.getByRole('button', { name: 'Upload', exact: true })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  await expect(page).toHaveURL(/\/ui\/datasets$/);
});

test('shows bad rows, and stores the rest only when told to', async ({ page }) => {
  await page.goto('/ui/datasets?upload=1');
  await choose(page, 'with_errors.csv', badTable());
  const form = dialog(page);
  await expect(form.getByRole('heading', { name: '2 rows do not parse' })).toBeVisible();
  const bad = form.getByRole('region', { name: '2 rows do not parse' });
  await expect(bad.getByRole('row', { name: /^12 date some day/ })).toBeVisible();
  await expect(bad.getByRole('row', { name: /^22 visits a lot/ })).toBeVisible();
  await expect(form.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled();
  await form.getByLabel('Leave bad rows out and keep a report of them').check();
  await form.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('with_errors');
  await expect(page.getByRole('heading', { name: '2 rows were left out' })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: /^58$/ })).toBeVisible();
});

test('takes a file that is dropped, and a second version of a table', async ({ page, api }) => {
  await api.upload('dropped', visits(20));
  await page.goto('/ui/datasets/dropped');
  await page.getByRole('button', { name: 'Upload a new version' }).click();
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'more.csv', { type: 'text/csv' }));
    return transfer;
  }, visits(40));
  const zone = dialog(page).getByText('Drop a file here');
  await zone.dispatchEvent('dragover', { dataTransfer: data });
  await zone.dispatchEvent('drop', { dataTransfer: data });
  await expect(dialog(page).getByText('120 rows · 4 columns')).toBeVisible();
  await dialog(page).getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(dialog(page)).toBeHidden();
  await page.getByRole('link', { name: 'Versions', exact: true }).click();
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText('120');
  await expect(rows.nth(2)).toContainText('60');
});

test('explains a file that is no table', async ({ page }) => {
  await page.goto('/ui/datasets?upload=1');
  await choose(page, 'empty.csv', '');
  await expect(dialog(page).getByRole('alert')).toContainText('That did not work');
  await expect(dialog(page).getByRole('button', { name: 'Upload', exact: true })).toBeDisabled();
  await dialog(page).getByRole('button', { name: 'Another file' }).click();
  await expect(dialog(page).getByText('Drop a file here')).toBeVisible();
});

test('deletes a table only when its key is typed', async ({ page, api }) => {
  await api.upload('unwanted', visits(10));
  await page.goto('/ui/datasets/unwanted');
  await page.getByRole('button', { name: 'Delete' }).click();
  const ask = dialog(page);
  await expect(ask.getByRole('heading')).toHaveText('Delete unwanted?');
  await expect(ask.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await ask.getByLabel('Type unwanted to confirm').fill('unwanted');
  await ask.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('unwanted was deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: 'unwanted' })).toHaveCount(0);
});
