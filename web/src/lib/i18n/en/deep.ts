/** What only a model's pages say: loaded with them. */

import { alerts } from './alerts';
import { decided } from './decided';
import { live } from './live';
import { noted } from './noted';
import { sources } from './sources';

export const deep = { ...noted, ...decided, ...live, ...alerts, ...sources };
