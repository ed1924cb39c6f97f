/** What only a model's pages say: loaded with them. */

import { decided } from './decided';
import { noted } from './noted';

export const deep = { ...noted, ...decided };
