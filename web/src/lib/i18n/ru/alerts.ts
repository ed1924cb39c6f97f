/** Тревоги: что не так сейчас и что было. */

import type { Dictionary } from '../en';
export const alerts: Pick<Dictionary, 'alerts'> = {
  alerts: {
    tab: 'Тревоги',
    feed: 'Лента',
    lead: 'Что не так по правилам вахты, кто этим занят и чем оно было.',
    open: 'Открытые',
    all: 'Все за 30 дней',
    show: 'Показать',
    empty: 'Всё в порядке',
    emptyText:
      'Тревога появляется, когда правило нарушено достаточно долго, и уходит, когда это прошло.',
    none: 'За 30 дней тревог не было',
    what: 'Что',
    state: 'Состояние',
    since: 'С какого времени',
    states: {
      pending: 'ждёт',
      firing: 'звучит',
      acknowledged: 'принята',
      resolved: 'прошла',
    },
    severities: { warning: 'предупреждение', critical: 'критично' },
    silenced: 'заглушена',
    by: (who) => `кем: ${who}`,
    over: 'прошла',
    acknowledge: 'Принять',
    acknowledgeText: 'Вы ею займётесь: больше о ней не напомнят, если не станет хуже.',
    acknowledged: 'Тревога за вами.',
    resolve: 'Закрыть',
    resolveText: 'Это прошло. Если нет, тревога прозвучит снова, когда в промежутке станет лучше.',
    resolved: 'Тревога закрыта.',
    actions: 'Действия',
  },
};
