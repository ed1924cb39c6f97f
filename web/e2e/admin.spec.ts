import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './support/test';

test('a user is added, signs in with the password shown once, is changed and deleted', async ({
  page,
  browser,
  server,
}) => {
  await page.goto('/ui/');
  await page.getByRole('link', { name: 'Administration' }).click();
  const users = page.getByRole('region', { name: 'Users' });
  await expect(users.getByRole('row').filter({ hasText: 'admin' })).toContainText('you');

  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('marina');
  await dialog.getByLabel('Rights').selectOption('viewer');
  await dialog.getByRole('button', { name: 'Add a user' }).click();
  const shown = page.getByRole('status').filter({ hasText: 'One-time password of marina' });
  const password = await shown.locator('code').innerText();
  const marina = users.getByRole('row').filter({ hasText: 'marina' });
  await expect(marina).toContainText('viewer');

  const other = await browser.newContext({ baseURL: server.url });
  const theirs = await other.newPage();
  await theirs.goto('/ui/');
  await theirs.getByLabel('Name').fill('marina');
  await theirs.getByLabel('Password').fill(password);
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  const own = 'seven quiet lanterns';
  await theirs.getByLabel('New password', { exact: true }).fill(own);
  await theirs.getByLabel('New password again').fill(own);
  await theirs.getByRole('button', { name: 'Set password' }).click();
  await expect(theirs.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(theirs.getByRole('link', { name: 'Administration' })).toHaveCount(0);

  await page.reload();
  await marina.getByRole('button', { name: 'Change marina' }).click();
  await dialog.getByLabel('Rights').selectOption('user');
  await dialog.getByLabel('May sign in').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(marina).toContainText('disabled');
  await theirs.reload();
  await expect(theirs.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await other.close();

  await page.getByLabel('State').selectOption('active');
  await expect(marina).toHaveCount(0);
  await page.getByLabel('State').selectOption('off');
  await marina.getByRole('button', { name: 'Delete marina' }).click();
  const remove = dialog.getByRole('button', { name: 'Delete' });
  await expect(remove).toBeDisabled();
  await dialog.getByLabel('Type the name to confirm').fill('marina');
  await remove.click();
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
});

test('a workspace is added, somebody made its member, and it is entered and left', async ({
  page,
}) => {
  await page.goto('/ui/admin');
  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('pavel');
  await dialog.getByRole('button', { name: 'Add a user' }).click();

  await page.getByRole('link', { name: 'Workspaces' }).click();
  await page.getByRole('button', { name: 'Add a workspace' }).click();
  await dialog.getByLabel('Key').fill('South Shop');
  await dialog.getByLabel('Title').fill('Южный магазин');
  await dialog.getByRole('button', { name: 'Add a workspace' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Key').fill('south');
  await dialog.getByRole('button', { name: 'Add a workspace' }).click();
  await page.getByRole('link', { name: 'Южный магазин' }).click();
  await page.getByRole('button', { name: 'Add a member' }).click();
  await dialog.getByLabel('User').selectOption({ label: 'pavel' });
  await dialog.getByLabel('Rights here').selectOption('viewer');
  await dialog.getByRole('button', { name: 'Add a member' }).click();
  const members = page.getByRole('region', { name: 'Members of Южный магазин' });
  const pavel = members.getByRole('row').filter({ hasText: 'pavel' });
  await pavel.getByRole('combobox').selectOption('admin');
  await expect(page.getByText('pavel is changed.')).toBeVisible();

  await page.getByRole('button', { name: 'Enter: Южный магазин' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await page.goto('/ui/admin?tab=workspaces');
  const here = page.getByRole('region', { name: 'Workspaces' }).getByRole('row');
  await expect(here.filter({ hasText: 'south' })).toContainText('you are here');
  await page.getByRole('button', { name: /^Enter: / }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();

  await page.goto('/ui/admin?tab=workspaces&of=south');
  await members.getByRole('button', { name: 'Take out pavel' }).click();
  await dialog.getByRole('button', { name: 'Take out' }).click();
  await expect(members.filter({ hasText: 'pavel' })).toHaveCount(0);
});

test('a channel is tried against a real hook, changed and deleted', async ({ page }) => {
  const heard: { authorization: string | undefined; body: string }[] = [];
  let status = 503;
  const hook = createServer((request: IncomingMessage, answer) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push({ authorization: request.headers.authorization, body });
      answer.writeHead(status).end();
    });
  });
  await new Promise<void>((listens) => hook.listen(0, '127.0.0.1', listens));
  const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
  try {
    await page.goto('/ui/admin?tab=channels');
    await page.getByRole('button', { name: 'Add a channel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('duty');
    await dialog.getByLabel('Address of the hook').fill(address);
    await dialog.getByLabel('Token').fill('s3cret-of-the-hook');
    await dialog.getByRole('button', { name: 'Add a channel' }).click();
    const duty = page.getByRole('region', { name: 'Channels' }).getByRole('row', { name: 'duty' });
    await duty.getByRole('button', { name: 'Send a test: duty' }).click();
    await expect(page.getByText(/duty: the test was not delivered\. .*503/)).toBeVisible();
    await expect(duty).toContainText('not delivered');
    status = 200;
    await duty.getByRole('button', { name: 'Send a test: duty' }).click();
    await expect(page.getByText('duty: the test was delivered.')).toBeVisible();
    expect(heard.at(-1)?.authorization).toBe('Bearer s3cret-of-the-hook');
    expect(heard.at(-1)?.body).toContain('"version":"4"');

    // What is kept is not shown, and stays where nothing is said of it.
    await duty.getByRole('button', { name: 'Change duty' }).click();
    await expect(dialog.getByLabel('Address of the hook')).toHaveValue('');
    await dialog.getByLabel('Name', { exact: true }).fill('night duty');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('night duty is changed.')).toBeVisible();
    const night = page.getByRole('row', { name: 'night duty' });
    await night.getByRole('button', { name: 'Send a test: night duty' }).click();
    await expect(page.getByText('night duty: the test was delivered.')).toBeVisible();
    expect(heard.at(-1)?.authorization).toBe('Bearer s3cret-of-the-hook');
    expect(await page.content()).not.toContain('s3cret-of-the-hook');

    await night.getByRole('button', { name: 'Delete night duty' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('heading', { name: 'Nobody is told of alerts yet' })).toBeVisible();
  } finally {
    hook.close();
  }
});

test('a rule is set and set back, and alerts are silenced for a while', async ({ page }) => {
  await page.goto('/ui/admin?tab=rules');
  const mape = page
    .getByRole('region', { name: 'Alert rules' })
    .getByRole('row')
    .filter({ hasText: 'MAPE of live answers' });
  await expect(mape).toContainText(/10\s*15/);
  await mape.getByRole('button').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Warning over').fill('30');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('critical');
  await dialog.getByLabel('Critical over').fill('40');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(mape).toContainText(/changed\s*30\s*40/);
  await mape.getByRole('button').click();
  await dialog.getByLabel('Back to the default').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(mape).toContainText(/10\s*15/);

  await page.goto('/ui/events?tab=alerts');
  await expect(page.getByText('Nothing is silenced.')).toBeVisible();
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await dialog.getByLabel('Rule').selectOption('data_late');
  await dialog.getByLabel('Why').fill('the shop is closed');
  await dialog.getByRole('button', { name: 'Silence' }).click();
  const silence = page
    .getByRole('region', { name: 'Silences' })
    .getByRole('row')
    .filter({ hasText: 'the shop is closed' });
  await expect(silence).toContainText('Age of the newest row');
  await silence.getByRole('button', { name: 'End' }).click();
  await expect(page.getByText('Nothing is silenced.')).toBeVisible();
});

test('failed sign-ins in series are pointed out, with their events', async ({ page, server }) => {
  const body = JSON.stringify({ username: 'nobody', password: 'guess upon guess' });
  const headers = { 'Content-Type': 'application/json' };
  for (let tries = 0; tries < 5; tries += 1) {
    const answer = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      body,
      headers,
    });
    expect(answer.status).toBe(401);
  }
  await page.goto('/ui/events?tab=suspicious');
  const found = page.getByRole('region', { name: 'Suspicious' }).getByRole('row');
  const ofName = found.filter({ hasText: 'Failed sign-ins under one name' });
  await expect(ofName).toContainText('nobody');
  await ofName.getByRole('link', { name: 'Events' }).click();
  const events = page.getByRole('region', { name: 'Events' }).getByRole('row');
  await expect(events.filter({ hasText: 'sign-in failed' }).first()).toContainText('nobody');
});

test('one takes along what is kept of oneself, and deletes the account', async ({
  page,
  browser,
  server,
}) => {
  await page.goto('/ui/profile');
  const [kept] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download it' }).click(),
  ]);
  const { account } = JSON.parse(readFileSync(await kept.path(), 'utf8')) as {
    account: { username: string };
  };
  expect(account.username).toBe('admin');

  await page.goto('/ui/admin');
  await page.getByRole('button', { name: 'Add a user' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('guest');
  await form.getByLabel('Password').fill('a boat at the far pier');
  await form.getByRole('button', { name: 'Add a user' }).click();
  await expect(page.getByText('guest may sign in.')).toBeVisible();

  const context = await browser.newContext({ baseURL: server.url });
  const theirs = await context.newPage();
  await theirs.goto('/ui/profile');
  await theirs.getByLabel('Name').fill('guest');
  await theirs.getByLabel('Password').fill('a boat at the far pier');
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  await theirs.getByRole('button', { name: 'Delete the account' }).click();
  const dialog = theirs.getByRole('dialog');
  await dialog.getByLabel('Present password').fill('another boat');
  await dialog.getByRole('button', { name: 'Delete the account' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Present password').fill('a boat at the far pier');
  await dialog.getByRole('button', { name: 'Delete the account' }).click();
  await expect(theirs.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await context.close();
  await page.goto('/ui/admin?name=guest');
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
});
