/** English. The shape of this object is the dictionary: another language must say all of it. */

import { account } from './account';
import { data } from './data';
import { model } from './model';
import { models } from './models';
import { noted } from './noted';
import { records } from './records';
import { shell } from './shell';
import { versions } from './versions';
import { watch } from './watch';

export const en = {
  ...shell,
  ...data,
  ...models,
  ...model,
  ...versions,
  ...noted,
  ...records,
  ...watch,
  ...account,
};

export type Dictionary = typeof en;
