/** Every page: its path, its place in the menu, and the code that draws it, loaded when it is opened. */

import type { Component } from 'svelte';
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

export const routes: readonly Route[] = [
  { path: '/', section: 'overview', load: plain(() => import('./overview/Overview.svelte')) },
  {
    path: '/datasets',
    section: 'data',
    load: plain(
      async () => (await Promise.all([import('./datasets/Datasets.svelte'), words.deepen()]))[0],
    ),
  },
  {
    path: '/datasets/{key}',
    section: 'data',
    crumb: (_, { key = '' }) => key,
    load: () => import('./dataset/Dataset.svelte'),
  },
  { path: '/models', section: 'models', load: plain(() => import('./models/Models.svelte')) },
  {
    path: '/models/new',
    section: 'models',
    crumb: (say) => say.wizard.title,
    load: plain(() => import('./model-new/NewModel.svelte')),
  },
  {
    path: '/models/{key}',
    section: 'models',
    crumb: (_, { key = '' }) => key,
    load: async () => (await Promise.all([import('./model/Model.svelte'), words.deepen()]))[0],
  },
  { path: '/jobs', section: 'jobs', load: plain(() => import('./jobs/Jobs.svelte')) },
  {
    path: '/jobs/{id}',
    section: 'jobs',
    crumb: (_, { id = '' }) => id,
    load: () => import('./job/JobPage.svelte'),
  },
  {
    path: '/events',
    section: 'events',
    load: plain(
      async () => (await Promise.all([import('./events/Events.svelte'), words.deepen()]))[0],
    ),
  },
  {
    path: '/profile',
    section: 'profile',
    load: plain(
      async () => (await Promise.all([import('./profile/Profile.svelte'), words.deepen()]))[0],
    ),
  },
  {
    path: '/about',
    section: 'about',
    load: plain(
      async () => (await Promise.all([import('./about/About.svelte'), words.deepen()]))[0],
    ),
  },
];

/** The menu, in order; the last two stand at the bottom. */
export const menu: readonly { section: Route['section']; href: string; bottom?: true }[] = [
  { section: 'overview', href: '/' },
  { section: 'data', href: '/datasets' },
  { section: 'models', href: '/models' },
  { section: 'jobs', href: '/jobs' },
  { section: 'events', href: '/events' },
  { section: 'profile', href: '/profile', bottom: true },
  { section: 'about', href: '/about', bottom: true },
];
