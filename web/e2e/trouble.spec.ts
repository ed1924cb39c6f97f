import { expect, test } from './support/test';

test('an answer that failed is shown with a way to try again', async ({ page }) => {
  await page.route('**/api/v1/models?*', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 500, code: 'internal', detail: 'x', instance: 'req-42' }),
    }),
  );
  await page.goto('/ui/models');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The server failed.');
  await expect(alert).toContainText('req-42');
  await page.unroute('**/api/v1/models?*');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toHaveCount(0);
  await expect(
    page.getByRole('main').getByRole('link', { name: 'New model' }).first(),
  ).toBeVisible();
});

test('a server that cannot be reached is named as such, and comes back', async ({ page }) => {
  await page.goto('/ui/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.getByRole('link', { name: 'About', exact: true }).first().click();
  await expect(page.getByRole('alert').first()).toContainText('The server does not answer.');
  await page.unroute('**/api/v1/**');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByText('sqlite', { exact: false })).toBeVisible();
});

test('what is not there is said so', async ({ page }) => {
  await page.goto('/ui/no/such/page');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  await page.goto('/ui/models/nowhere');
  await expect(page.getByRole('alert')).toContainText('nowhere');
});

test('the keyboard reaches the content, the menu and the focus is seen', async ({ page }) => {
  await page.goto('/ui/jobs');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jobs');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Models');
  await expect(page.locator('#main')).toBeFocused();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jobs');
});

test('the API can be read and tried from the page about this server', async ({ page, context }) => {
  await page.goto('/ui/about');
  const [swagger] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Try it: Swagger' }).click(),
  ]);
  await expect(swagger.getByRole('heading', { name: /^Vakhta/ })).toBeVisible();
  await expect(swagger.getByText('Tells who is signed in').first()).toBeVisible();
  const [redoc] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Read it: ReDoc' }).click(),
  ]);
  await expect(redoc.getByRole('heading', { name: /^Vakhta/ })).toBeVisible();
});
