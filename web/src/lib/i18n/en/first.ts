/** What every page may say: loaded before the first one is drawn. */

import { account } from './account';
import { data } from './data';
import { model } from './model';
import { models } from './models';
import { records } from './records';
import { shell } from './shell';
import { versions } from './versions';
import { watch } from './watch';

export const first = {
  ...shell,
  ...data,
  ...models,
  ...model,
  ...versions,
  ...records,
  ...watch,
  ...account,
};
