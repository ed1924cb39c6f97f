import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Result } from 'axe-core';
import { expect, type Page, signedInContext, test } from './support/test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Each page with the words that show it is there: the first level heading, in both languages. */
const PAGES = [
  { name: 'overview', path: '/', en: 'Overview', ru: 'Обзор' },
  { name: 'datasets', path: '/datasets', en: 'Data', ru: 'Данные' },
  { name: 'upload', path: '/datasets?upload=1', en: 'Data', ru: 'Данные' },
  { name: 'dataset', path: '/datasets/pages', en: 'Visits pages', ru: 'Visits pages' },
  {
    name: 'dataset-rows',
    path: '/datasets/pages?tab=preview',
    en: 'Visits pages',
    ru: 'Visits pages',
  },
  { name: 'models', path: '/models', en: 'Models', ru: 'Модели' },
  { name: 'model-new', path: '/models/new?dataset=pages', en: 'New model', ru: 'Новая модель' },
  { name: 'model-status', path: '/models/pages', en: 'Visits pages', ru: 'Посещения pages' },
  {
    name: 'model-versions',
    path: '/models/pages?tab=versions',
    en: 'Visits pages',
    ru: 'Посещения pages',
  },
  {
    name: 'model-train',
    path: '/models/pages?tab=train',
    en: 'Visits pages',
    ru: 'Посещения pages',
  },
  {
    name: 'model-settings',
    path: '/models/pages?tab=settings',
    en: 'Visits pages',
    ru: 'Посещения pages',
  },
  { name: 'jobs', path: '/jobs', en: 'Jobs', ru: 'Задачи' },
  { name: 'events', path: '/events', en: 'Events', ru: 'События' },
  { name: 'profile', path: '/profile', en: 'Profile', ru: 'Профиль' },
  { name: 'about', path: '/about', en: 'Vakhta', ru: 'Вахта' },
  { name: 'missing', path: '/no/such/page', en: 'There is no such page', ru: 'Такой страницы нет' },
] as const;

const LOOKS = [
  { language: 'en', theme: 'light', width: 1280, height: 800 },
  { language: 'ru', theme: 'dark', width: 1280, height: 800 },
  { language: 'ru', theme: 'light', width: 390, height: 844 },
  { language: 'en', theme: 'dark', width: 390, height: 844 },
] as const;

/** What axe finds, short enough to read in a failed test. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger, not as a script of the page, which the content security policy would refuse.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (root: Document) => Promise<{ violations: Result[] }> };
    };
    return (await axe.run(document)).violations;
  });
  return found.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`,
    ),
  );
}

async function settled(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(page.locator('.skeleton')).toHaveCount(0);
}

async function whole(page: Page, name: string): Promise<void> {
  expect.soft(await violations(page), name).toEqual([]);
  const excess = await page.evaluate(
    () =>
      document.documentElement.scrollWidth -
      Math.ceil(document.documentElement.getBoundingClientRect().width),
  );
  expect.soft(excess, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

for (const { language, theme, width, height } of LOOKS) {
  const look = `${language} ${theme} ${width}px`;
  test(`every page is whole and accessible: ${look}`, async ({ browser, server, api }, info) => {
    test.setTimeout(120_000);
    const context = await signedInContext(browser, server, { viewport: { width, height } });
    const probe = await context.request.get('/api/v1/models/pages');
    if (probe.status() === 404) {
      await api.trained('pages');
      await api.train('pages', { alias: '1.1.0', reason: 'for comparison' });
    }
    await context.addInitScript(
      ([language, theme]) => {
        localStorage.setItem('vakhta.language', language);
        localStorage.setItem('vakhta.theme', theme);
      },
      [language, theme] as const,
    );
    const page = await context.newPage();
    for (const { name, path, ...headings } of PAGES) {
      await page.goto(`/ui${path}`);
      await settled(page, headings[language]);
      if (name === 'model-status') await expect(page.getByRole('figure').first()).toBeVisible();
      await page.screenshot({
        path: info.outputPath(`${name}.png`),
        fullPage: true,
        animations: 'disabled',
      });
      await whole(page, `${name}, ${look}`);
    }
    await context.clearCookies();
    await page.goto('/ui/');
    await settled(page, language === 'ru' ? 'Вход' : 'Sign in');
    await page.screenshot({ path: info.outputPath('sign-in.png'), animations: 'disabled' });
    await whole(page, `sign-in, ${look}`);
    await context.close();
  });
}
