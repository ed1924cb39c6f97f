/** Every page: its path, its place in the menu, and the code that draws it, loaded when it is opened. */

import type { Component } from 'svelte';
import type { Permission } from '../lib/api';
import type { Dictionary } from '../lib/i18n/en';
import { words } from '../lib/i18n/index.svelte';
import type { IconName } from '../lib/ui/Icon.svelte';

export type Params = Record<string, string>;
export interface Route {
  path: string;
  /** The entry of the menu that it belongs to. */
  section: IconName & keyof Dictionary['nav'];
  /** The words after the section in the breadcrumb. */
  crumb?: (words: Dictionary, params: Params) => string;
  load: () => Promise<Loaded>;
}
interface Loaded {
  default: Component<{ params: Params }>;
}
/** A page without parts of the path in its address takes no properties; being given some is harmless. */
const plain = (load: () => Promise<{ default: unknown }>) => load as () => Promise<Loaded>;
/** A page behind the first one, with the words that it needs. */
const behind = (load: () => Promise<{ default: unknown }>) => async () =>
  (await Promise.all([plain(load)(), words.deepen()]))[0];

export const routes: readonly Route[] = [
  { path: '/', section: 'overview', load: plain(() => import('./overview/Overview.svelte')) },
  {
    path: '/datasets',
    section: 'data',
    load: behind(() => import('./datasets/Datasets.svelte')),
  },
  {
    path: '/datasets/{key}',
    section: 'data',
    crumb: (_, { key = '' }) => key,
    load: behind(() => import('./dataset/Dataset.svelte')),
  },
  { path: '/models', section: 'models', load: behind(() => import('./models/Models.svelte')) },
  {
    path: '/models/new',
    section: 'models',
    crumb: (say) => say.wizard.title,
    load: behind(() => import('./model-new/NewModel.svelte')),
  },
  {
    path: '/models/{key}',
    section: 'models',
    crumb: (_, { key = '' }) => key,
    load: behind(() => import('./model/Model.svelte')),
  },
  { path: '/jobs', section: 'jobs', load: behind(() => import('./jobs/Jobs.svelte')) },
  {
    path: '/jobs/{id}',
    section: 'jobs',
    crumb: (_, { id = '' }) => id,
    load: behind(() => import('./job/JobPage.svelte')),
  },
  {
    path: '/events',
    section: 'events',
    load: behind(() => import('./events/Events.svelte')),
  },
  { path: '/admin', section: 'admin', load: behind(() => import('./admin/Admin.svelte')) },
  { path: '/profile', section: 'profile', load: behind(() => import('./profile/Profile.svelte')) },
  { path: '/about', section: 'about', load: behind(() => import('./about/About.svelte')) },
];

/** The menu, in order; the last ones stand at the bottom. One that asks for a right is there for those who have it. */
export const menu: readonly {
  section: Route['section'];
  href: string;
  bottom?: true;
  right?: Permission;
}[] = [
  { section: 'overview', href: '/' },
  { section: 'data', href: '/datasets' },
  { section: 'models', href: '/models' },
  { section: 'jobs', href: '/jobs' },
  { section: 'events', href: '/events' },
  { section: 'admin', href: '/admin', bottom: true, right: 'handle_alerts' },
  { section: 'profile', href: '/profile', bottom: true },
  { section: 'about', href: '/about', bottom: true },
];
