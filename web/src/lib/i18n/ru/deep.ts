/** Что говорят только страницы модели: загружается с ними. */

import type { Dictionary } from '../en';
import type { deep as english } from '../en/deep';
import { about } from './about';
import { alerts } from './alerts';
import { decided } from './decided';
import { identity } from './identity';
import { live } from './live';
import { noted } from './noted';
import { sources } from './sources';

export const deep: Pick<Dictionary, keyof typeof english> = {
  ...noted,
  ...decided,
  ...live,
  ...alerts,
  ...about,
  ...identity,
  ...sources,
};
