import { LOOKS, look, looking, settled, whole } from './support/look';
import { expect, signedInContext, test } from './support/test';

/** Each page with the words that show it is there: the first level heading, in both languages. */
const PAGES = [
  { name: 'overview', path: '/', en: 'Overview', ru: 'Обзор' },
  { name: 'datasets', path: '/datasets', en: 'Data', ru: 'Данные' },
  { name: 'upload', path: '/datasets?upload=1', en: 'Data', ru: 'Данные' },
  { name: 'dataset', path: '/datasets/pages', en: 'Visits pages', ru: 'Visits pages' },
  { name: 'sources', path: '/datasets?tab=sources&source=pages-feed', en: 'Data', ru: 'Данные' },
  { name: 'connect', path: '/datasets?tab=sources&connect=1', en: 'Data', ru: 'Данные' },
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
    name: 'model-accuracy',
    path: '/models/pages?tab=metrics',
    en: 'Visits pages',
    ru: 'Посещения pages',
  },
  {
    name: 'model-drift',
    path: '/models/pages?tab=drift',
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
    name: 'model-predict',
    path: '/models/pages?tab=predict',
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
  { name: 'schedule', path: '/jobs?tab=schedule', en: 'Jobs', ru: 'Задачи' },
  { name: 'events', path: '/events', en: 'Events', ru: 'События' },
  { name: 'alerts', path: '/events?tab=alerts&state=all', en: 'Events', ru: 'События' },
  { name: 'suspicious', path: '/events?tab=suspicious', en: 'Events', ru: 'События' },
  { name: 'users', path: '/admin', en: 'Administration', ru: 'Администрирование' },
  {
    name: 'workspaces',
    path: '/admin?tab=workspaces',
    en: 'Administration',
    ru: 'Администрирование',
  },
  {
    name: 'channels',
    path: '/admin?tab=channels',
    en: 'Administration',
    ru: 'Администрирование',
  },
  {
    name: 'rules',
    path: '/admin?tab=rules',
    en: 'Administration',
    ru: 'Администрирование',
  },
  {
    name: 'api',
    path: '/admin?tab=api',
    en: 'Administration',
    ru: 'Администрирование',
  },
  { name: 'profile', path: '/profile', en: 'Profile', ru: 'Профиль' },
  { name: 'about', path: '/about', en: 'Vakhta', ru: 'Вахта' },
  { name: 'missing', path: '/no/such/page', en: 'There is no such page', ru: 'Такой страницы нет' },
] as const;

for (const one of LOOKS) {
  const { language, width, height } = one;
  test(`every page is whole and accessible: ${look(one)}`, async ({
    browser,
    server,
    api,
  }, info) => {
    test.setTimeout(120_000);
    const context = await signedInContext(browser, server, { viewport: { width, height } });
    const probe = await context.request.get('/api/v1/models/pages');
    if (probe.status() === 404) {
      await api.watched('pages');
      await api.brokenSource('pages-feed');
      await api.train('pages', { alias: '1.1.0', reason: 'for comparison' });
    }
    await looking(context, one);
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
      await whole(page, `${name}, ${look(one)}`);
    }
    await context.clearCookies();
    await page.goto('/ui/');
    await settled(page, language === 'ru' ? 'Вход' : 'Sign in');
    await page.screenshot({ path: info.outputPath('sign-in.png'), animations: 'disabled' });
    await whole(page, `sign-in, ${look(one)}`);
    await context.close();
  });
}
