/** An alert in one line, without what stands beside it on a page: its severity and its subject. */

import type { Alert } from '../api/types';

export function alertText(
  { subject, summary_en, summary_ru }: Pick<Alert, 'subject' | 'summary_en' | 'summary_ru'>,
  language: 'en' | 'ru',
): string {
  const whole = language === 'ru' ? summary_ru : summary_en;
  const bare = whole.replace(/^\[[^\]]*\]\s*/, '');
  const told = bare.startsWith(`${subject}: `) ? bare.slice(subject.length + 2) : bare;
  return told.charAt(0).toLocaleUpperCase(language) + told.slice(1);
}
