/** English. The shape of this object is the dictionary: another language must say all of it. */

import { deep } from './deep';
import { first } from './first';

export const en = { ...first, ...deep };

export type Dictionary = typeof en;
