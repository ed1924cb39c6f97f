/** What every page may say: loaded before the first one is drawn. */

import { account } from './account';
import { data } from './data';
import { measures } from './measures';
import { models } from './models';
import { shell } from './shell';
import { versions } from './versions';
import { watch } from './watch';

export const first = {
  ...shell,
  ...data,
  ...models,
  ...measures,
  ...versions,
  ...watch,
  ...account,
};
