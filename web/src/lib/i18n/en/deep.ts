/** What pages behind the first one say: loaded with the first of them. */

import { admin } from './admin';
import { about } from './about';
import { alerts } from './alerts';
import { batch } from './batch';
import { decided } from './decided';
import { find } from './find';
import { identity } from './identity';
import { live } from './live';
import { model } from './model';
import { noted } from './noted';
import { records } from './records';
import { sources } from './sources';
import { suspicions } from './suspicions';

export const deep = {
  ...model,
  ...records,
  ...noted,
  ...decided,
  ...live,
  ...alerts,
  ...about,
  ...identity,
  ...sources,
  ...admin,
  ...find,
  ...suspicions,
  ...batch,
};
