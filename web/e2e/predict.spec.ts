import { readFileSync } from 'node:fs';
import { days, windows1251 } from './support/data';
import { whole } from './support/look';
import { expect, test } from './support/test';

test('a file of records comes back with classes, how sure they are, and its mistakes', async ({
  page,
  api,
}, info) => {
  await api.trainedOnFoods('foods-file');
  await page.goto('/ui/models/foods-file');
  await page.getByRole('link', { name: 'Predict', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Try it' })).toBeVisible();
  const input = page.getByLabel('Choose a file');
  await input.setInputFiles({
    name: 'broken.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from('{"name": "tea"}\n{"name": '),
  });
  await expect(page.getByRole('alert')).toContainText('This file cannot be read');
  await input.setInputFiles({
    name: 'goods.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('name;code\nfromage de chèvre;=1+1\nbread;2\nBier;3\n'),
  });
  await expect(page.getByText('3 rows', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'language' })).toContainText(
    'not in the file',
  );
  await page.getByRole('button', { name: 'Answer 3 rows' }).click();
  await expect(page.getByText('3 rows are answered.')).toBeVisible();
  const answers = page.getByRole('region', { name: 'Answers' });
  await expect(answers.getByRole('row')).toHaveCount(4);
  await whole(page, 'a file with its answers');
  await page.screenshot({ path: info.outputPath('predict.png'), fullPage: true });

  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(csv.suggestedFilename()).toBe('goods-foods-file.csv');
  const lines = readFileSync(await csv.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines[0]).toBe('name,code,prediction,confidence,needs_person,error');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^fromage de chèvre,'=1\+1,[^,]+,0\.\d+,(yes|no),$/);
  const [jsonl] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON Lines' }).click(),
  ]);
  const rows = readFileSync(await jsonl.path(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows[2]).toMatchObject({ name: 'Bier', code: '3', error: null });
});

test('a file of days to come comes back with their forecasts', async ({ page, api }) => {
  await api.trained('days-file');
  await page.goto('/ui/models/days-file?tab=predict');
  const input = page.getByLabel('Choose a file');
  await input.setInputFiles({
    name: 'days.csv',
    mimeType: 'text/csv',
    buffer: windows1251('day,branch\n2025-08-01,Arbat\n'),
  });
  await expect(page.getByRole('listitem').filter({ hasText: 'date' })).toContainText(
    'needed, and not in the file',
  );
  await expect(page.getByRole('button', { name: 'Answer 1 row' })).toBeDisabled();
  await page.getByRole('button', { name: 'Another file' }).click();

  // The table ends on the 200th day; the first is too late, the last is not there.
  const [first = '', second = ''] = days(202).slice(200);
  const rows = [
    `${first},Arbat,0`,
    `${second.split('-').reverse().join('.')},Arbat,1`,
    `${first},Nowhere,0`,
    `${first},Arbat,often`,
  ];
  await input.setInputFiles({
    name: 'days.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`date,branch,promo\n${rows.join('\n')}\n`),
  });
  await expect(page.getByText('1 row is left out: not a number')).toBeVisible();
  await expect(page.getByText('row 4: promo')).toBeVisible();
  await page.getByRole('button', { name: 'Answer 3 rows' }).click();
  await expect(page.getByText('2 rows are answered. 1 row could not be answered')).toBeVisible();
  const answers = page.getByRole('region', { name: 'Answers' }).getByRole('row');
  await expect(answers.nth(0)).toContainText('80% from');
  await expect(answers.nth(1)).toContainText(/\d{2,3}/);
  await expect(answers.nth(3)).toContainText('Nowhere');
});

test('a model that nothing serves of says what comes first', async ({ page, api }) => {
  await api.upload('bare', 'date,branch,promo,visits\n2025-01-01,Arbat,0,5\n');
  await api.createModel(
    'model_key: bare\ntask: forecast\ndata: {dataset: bare, time: date, series: [branch], target: visits}\nhorizon: 7\n',
  );
  await page.goto('/ui/models/bare?tab=predict');
  await page.getByRole('link', { name: 'To training' }).click();
  await expect(page).toHaveURL(/tab=train/);
});
