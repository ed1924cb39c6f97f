import { spec, visits } from './support/data';
import { expect, test } from './support/test';

/** Learns for minutes: it is cancelled before, and a slow browser does not outlast it. */
const LONG = 'params: {rounds: 5000}\nvalidation: {folds: 10}\n';

test('a training shows up live wherever it is looked for, and can be cancelled', async ({
  page,
  api,
}) => {
  // Large enough to be still running when it is cancelled.
  await api.upload('long', visits(1500));
  await api.createModel(spec('long', 'long') + LONG);
  await page.goto('/ui/jobs');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jobs');

  const id = await api.startTraining('long', { reason: 'to be cancelled' });
  const row = page.getByRole('row').filter({ hasText: id });
  await expect(row).toContainText('runs');
  await expect(page.getByRole('link', { name: /1\sjob runs/ })).toBeVisible();

  await row.getByRole('link', { name: 'training' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('training: long');
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('log')).toContainText('learning from dataset long');
  await page.getByRole('button', { name: 'Cancel the training' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the training' }).click();
  await expect(page.getByRole('heading', { name: 'Training was cancelled' })).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByRole('link', { name: /job runs/ })).toHaveCount(0);

  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('definition').filter({ hasText: id })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the training' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the training' }).click();
  await expect(page.getByRole('heading', { name: 'Training was cancelled' })).toBeVisible();

  await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
  await page.getByLabel('State').selectOption('completed');
  await expect(page).toHaveURL(/state=completed$/);
  await expect(row).toHaveCount(0);
  await page.getByLabel('State').selectOption('cancelled');
  await expect(row).toContainText('cancelled');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/ui\/jobs$/);
});

test('without a live line a training is still followed, also one that somebody else began', async ({
  page,
  api,
}) => {
  await api.upload('busy', visits(1500));
  await api.createModel(spec('busy', 'busy') + LONG);
  await page.routeWebSocket('**/api/v1/ws', (line) => line.close());
  // Nor does the list of jobs tell: this page knows nothing of the other training.
  await page.route('**/api/v1/jobs?*', (route) => route.abort());
  await page.goto('/ui/models/busy?tab=train');
  await expect(page.getByRole('button', { name: 'Start training' })).toBeVisible();
  const id = await api.startTraining('busy');

  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText('This model is being trained already.')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`job=${id}$`));
  await expect(page.getByRole('progressbar', { name: 'Training runs' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the training' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the training' }).click();
  await expect(page.getByRole('heading', { name: 'Training was cancelled' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Train again' })).toBeVisible();
});

test('a training that was begun elsewhere is shown to its end', async ({ page, api }) => {
  await api.upload('elsewhere', visits(120));
  await api.createModel(spec('elsewhere', 'elsewhere'));
  await page.goto('/ui/models/elsewhere?tab=train');
  await expect(page.getByRole('button', { name: 'Start training' })).toBeVisible();
  await api.startTraining('elsewhere');
  await expect(page.getByRole('heading', { name: 'Training ended' })).toBeVisible({
    timeout: 30_000,
  });
  await expect(
    page.getByRole('heading', { name: 'The new version against the one that serves' }),
  ).toBeVisible();
});

test('events are found by their filters, and news is offered', async ({ page, api }) => {
  await api.upload('eventful', visits(10));
  await page.goto('/ui/events');
  await expect(page.getByRole('row').filter({ hasText: 'eventful' })).toContainText(
    'data uploaded',
  );
  await api.upload('eventful', visits(12));
  // What other stories began on this server may still be ending.
  await page.getByRole('button', { name: /Show \d+\snew event/ }).click();
  await expect(page.getByRole('row').filter({ hasText: 'eventful' })).toHaveCount(2);

  await page.getByLabel('Kind').selectOption('user.signed_in');
  await expect(page).toHaveURL(/kind=user\.signed_in/);
  await expect(page.getByRole('row').filter({ hasText: 'eventful' })).toHaveCount(0);
  await expect(page.getByRole('row').filter({ hasText: 'signed in' }).first()).toContainText(
    'admin',
  );
  await page.getByLabel('Who').fill('nobody');
  await page.keyboard.press('Enter');
  await expect(page.getByText('No events match')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page
    .getByRole('row')
    .filter({ hasText: 'eventful' })
    .first()
    .getByRole('link', { name: 'eventful' })
    .click();
  await expect(page).toHaveURL(/\/ui\/datasets\/eventful$/);
});

test('a schedule is seen, paused, continued and run', async ({ page, api }) => {
  await api.upload('planned', visits(60));
  await api.createModel(spec('planned', 'planned'));
  await page.goto('/ui/jobs?tab=schedule');
  // A spec brings several schedules; this is the one that trains again.
  const row = page
    .getByRole('row')
    .filter({ hasText: 'planned' })
    .filter({ hasText: '0 3 * * SUN' });
  await expect(row).toContainText('retraining');
  await row.getByRole('button', { name: 'Pause' }).click();
  await expect(row).toContainText('paused');
  await row.getByRole('button', { name: 'Go on' }).click();
  await expect(row).not.toContainText('paused');
  await row.getByRole('button', { name: 'Run now' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('retraining: planned');
});
