import { foods } from './support/data';
import { LOOKS, look, looking, settled, whole } from './support/look';
import { expect, signedInContext, test } from './support/test';

test('a classifier is made by the wizard, which guesses what the table is for', async ({
  page,
  api,
}) => {
  await api.upload('wizard_foods', foods(), 'Foods');
  await page.goto('/ui/datasets/wizard_foods');
  await page.getByRole('link', { name: 'New model from it' }).click();

  await expect(page.getByRole('radio', { name: 'classification (guessed)' })).toBeChecked();
  await expect(page.getByLabel('Role: name')).toHaveValue('text');
  await expect(page.getByLabel('Role: language')).toHaveValue('categorical');
  await expect(page.getByLabel('Role: category')).toHaveValue('target');
  const yaml = page.getByRole('region', { name: 'The spec' });
  await expect(yaml).toContainText('task: classification');
  await expect(yaml).toContainText('categorical: [language]');

  // Another task has other roles; the choice is in the address.
  await page.getByLabel('Key').fill('foods_by_wizard');
  await page.getByRole('radio', { name: 'regression' }).check();
  await expect(page).toHaveURL(/task=regression/);
  await expect(page.getByRole('alert')).toHaveText('Choose the column that holds the answer.');
  await page.getByRole('radio', { name: 'classification' }).check();
  await expect(page).not.toHaveURL(/task=/);
  await expect(page.getByLabel('Key')).toHaveValue('foods_by_wizard');

  await page.getByLabel('Engine').selectOption('linear');
  await page.getByLabel('A person looks below, %').fill('50');
  await expect(yaml).toContainText('confidence_threshold: 0.5');
  await page.getByRole('button', { name: 'Create and train' }).click();
  await expect(page.getByRole('heading', { name: 'Training ended' })).toBeVisible({
    timeout: 45_000,
  });
  await expect(page.getByRole('region', { name: 'Compare' })).toContainText('Log-loss');
  await expect(page.getByRole('region', { name: 'Compare' })).toContainText('without looking');
});

test('its status tells how right it is, for whom, and how far to trust it', async ({
  page,
  api,
}) => {
  await api.trainedOnFoods('foods_status');
  await page.goto('/ui/models/foods_status');
  await expect(
    page.getByText('Serves, and is better than answering without looking.'),
  ).toBeVisible();
  for (const name of ['Accuracy', 'Macro F1', 'Log-loss', 'Needs a person']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }

  // Classes in the order that is asked for, by keyboard, kept in the address.
  const classes = page.getByRole('region', { name: 'By class' });
  await expect(classes.getByRole('columnheader', { name: 'F1' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  );
  await classes.getByRole('button', { name: 'Rows' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/classes=-n/);
  await expect(classes.getByRole('row').nth(1)).toContainText('Beverages');
  await page.reload();
  await expect(classes.getByRole('columnheader', { name: 'Rows' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await page.getByLabel('Find a class').fill('beverages');
  await expect(classes.getByRole('row')).toHaveCount(1 + 2);
  await expect(
    page.getByRole('region', { name: 'What is taken for what' }).getByRole('row').nth(1),
  ).toBeVisible();

  // The diagram is read by keyboard and as a table.
  const plot = page.getByRole('group', { name: 'Does confidence keep its word' });
  await plot.focus();
  await page.keyboard.press('End');
  await expect(page.locator('[aria-live=polite]').filter({ hasText: 'Confidence' })).toHaveText(
    /^Confidence [\d.]+%: Right [\d.]+%, Answers [\d,]+$/,
  );
  const figure = page.getByRole('figure').filter({ has: plot });
  await figure.getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('columnheader', { name: 'Answers' })).toBeVisible();
});

test('a record is asked by hand, and its answer explained', async ({ page, api }) => {
  await api.trainedOnFoods('foods_asked');
  await page.goto('/ui/models/foods_asked');
  const answer = page.getByRole('region', { name: 'The answer' });
  await expect(answer).toContainText('The answer appears here');
  await page.getByLabel('name', { exact: true }).fill('red wine of Burgundy');
  await page.getByLabel('language', { exact: true }).selectOption('en');
  await page.getByLabel('name', { exact: true }).press('Enter');

  await expect(answer.getByText(/^[\d.]+% sure, 50% is asked for$/)).toBeVisible();
  await expect(answer.getByText(/^(sure enough|a person should look)$/)).toBeVisible();
  await expect(answer.getByRole('heading', { name: 'The most probable' })).toBeVisible();
  await expect(answer.getByRole('heading', { name: 'Why' })).toBeVisible();
  await expect(answer).toContainText('wine');
  // A record may be private, an address may be shared.
  expect(page.url()).not.toContain('wine');

  await page.getByLabel('name', { exact: true }).fill('beef');
  await expect(answer).toContainText('This is the answer to what was filled in before.');

  await page.getByRole('button', { name: 'Take a row of the data' }).click();
  await expect(page.getByLabel('name', { exact: true })).not.toHaveValue('beef');
  await page.getByRole('button', { name: 'Ask the model' }).click();
  await expect(answer).toContainText('In the data:');

  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByLabel('name', { exact: true })).toHaveValue('');
  await expect(answer).toContainText('The answer appears here');
});

test('the other pages speak of it by its own numbers', async ({ page, api }) => {
  await api.trainedOnFoods('foods_listed');
  await api.train('foods_listed', { alias: '1.1.0', reason: 'again' });
  await page.goto('/ui/models');
  const row = page.getByRole('row').filter({ hasText: 'foods_listed' });
  await expect(row).toContainText(/[\d.]+%\s*Accuracy/);
  await expect(row).toContainText(/[\d.]+%\s*Macro F1/);
  await page.goto('/ui/');
  const card = page
    .getByRole('article')
    .filter({ has: page.getByText('Needs a person') })
    .first();
  await expect(card).toContainText('Accuracy');

  await page.goto('/ui/models/foods_listed?tab=versions');
  const versions = page.getByRole('region', { name: 'Versions' });
  await expect(versions.getByRole('columnheader', { name: 'Log-loss' })).toBeVisible();
  const boxes = versions.getByRole('checkbox');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await expect(page.getByRole('region', { name: 'Compare' })).toContainText('Calibration error');

  await versions.getByRole('link', { name: '1.1.0' }).click();
  await expect(page.getByText('Rows held out', { exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Try it' })).toBeVisible();
});

for (const one of LOOKS) {
  const { language, width, height } = one;
  test(`its pages are whole and accessible: ${look(one)}`, async ({
    browser,
    server,
    api,
  }, info) => {
    test.setTimeout(120_000);
    const context = await signedInContext(browser, server, { viewport: { width, height } });
    const probe = await context.request.get('/api/v1/models/foods_pages');
    if (probe.status() === 404) await api.trainedOnFoods('foods_pages');
    await looking(context, one);
    const page = await context.newPage();
    const pages = [
      { name: 'records-status', path: '/models/foods_pages' },
      { name: 'records-versions', path: '/models/foods_pages?tab=versions' },
      { name: 'records-train', path: '/models/foods_pages?tab=train' },
      { name: 'records-new', path: '/models/new?dataset=foods_pages' },
    ];
    const title = { en: 'Food groups', ru: 'Группы продуктов' }[language];
    const wizard = { en: 'New model', ru: 'Новая модель' }[language];
    for (const { name, path } of pages) {
      await page.goto(`/ui${path}`);
      await settled(page, name === 'records-new' ? wizard : title);
      if (name === 'records-status') {
        const fill = { en: 'Take a row of the data', ru: 'Взять строку из данных' }[language];
        await page.getByRole('button', { name: fill }).click();
        const ask = { en: 'Ask the model', ru: 'Спросить модель' }[language];
        await page.getByRole('button', { name: ask }).click();
        const why = { en: 'Why', ru: 'Почему' }[language];
        await expect(page.getByRole('heading', { name: why })).toBeVisible();
      }
      await page.screenshot({
        path: info.outputPath(`${name}.png`),
        fullPage: true,
        animations: 'disabled',
      });
      await whole(page, `${name}, ${look(one)}`);
    }
    await context.close();
  });
}
