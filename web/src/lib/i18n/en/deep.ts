/** What only a model's pages say: loaded with them. */

import { about } from './about';
import { alerts } from './alerts';
import { decided } from './decided';
import { identity } from './identity';
import { live } from './live';
import { noted } from './noted';
import { sources } from './sources';

export const deep = { ...noted, ...decided, ...live, ...alerts, ...about, ...identity, ...sources };
