/** A verdict's reason in the reader's words. */

import { t } from '../i18n/index.svelte';
import type { Verdict } from './verdict';

export function verdictText({ why }: Verdict): string {
  const say = t().verdict;
  switch (why.because) {
    case 'fine':
      return say.okText;
    case 'training':
      return say.training;
    case 'none':
      return say.none;
    case 'unmeasured':
      return say.unmeasured;
    case 'worse':
      return say.worse;
    case 'old':
      return say.old(why.days);
  }
}
