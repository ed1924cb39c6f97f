/** Что говорит любая страница: загружается до первой из них. */

import type { Dictionary } from '../en';
import type { deep } from '../en/deep';
import { account } from './account';
import { data } from './data';
import { measures } from './measures';
import { models } from './models';
import { shell } from './shell';
import { versions } from './versions';
import { watch } from './watch';

export const first: Omit<Dictionary, keyof typeof deep> = {
  ...shell,
  ...data,
  ...models,
  ...measures,
  ...versions,
  ...watch,
  ...account,
};
