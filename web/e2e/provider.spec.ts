import { freePort, startProvider } from './support/provider';
import { startServer } from './support/server';
import { expect, test } from './support/test';

test('another provider signs in, and says why where it does not', async ({ browser }) => {
  const provider = await startProvider('vakhta');
  const port = await freePort();
  const server = await startServer({
    port,
    more: {
      VAKHTA_PUBLIC_URL: `http://127.0.0.1:${port}`,
      VAKHTA_OIDC_ISSUER: provider.issuer,
      VAKHTA_OIDC_CLIENT_ID: 'vakhta',
      VAKHTA_OIDC_TITLE: 'Harbour ID',
      VAKHTA_OIDC_TIER_MAP: 'staff=user',
    },
  });
  try {
    const page = await browser.newPage({ baseURL: server.url });
    const h1 = page.getByRole('heading', { level: 1 });
    provider.person = { sub: '7', preferred_username: 'boris', groups: ['guests'] };
    await page.goto('/ui/models');
    await page.getByRole('link', { name: 'Sign in through Harbour ID' }).click();
    await expect(page.getByRole('alert')).toContainText('None of your groups may come in here');

    provider.person = { sub: '7', preferred_username: 'boris', groups: ['staff'] };
    await page.goto('/ui/models');
    await page.getByRole('link', { name: 'Sign in through Harbour ID' }).click();
    await expect(h1).toHaveText('Models');
    await page.goto('/ui/profile');
    await expect(page.getByText('boris')).not.toHaveCount(0);
    await expect(page.getByText('Another provider signs you in')).toBeVisible();
    await expect(page.getByLabel('Present password')).toHaveCount(0);
    await page.close();
  } finally {
    await server.stop();
    provider.stop();
  }
});
