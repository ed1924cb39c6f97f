/** Русский. */

import type { Dictionary } from '../en';
import { deep } from './deep';
import { first } from './first';

export const ru: Dictionary = { ...first, ...deep };
