/** Переход куда угодно по названию. */

import type { Dictionary } from '../en';

export const find: Pick<Dictionary, 'find'> = {
  find: {
    title: 'Перейти',
    label: 'Модель, версия, таблица, задача, страница или действие',
    none: 'Ничего с таким названием',
    hint: '↑ ↓ — выбрать, Enter — перейти, Esc — закрыть',
    kinds: {
      page: 'страница',
      action: 'действие',
      model: 'модель',
      version: 'версия',
      dataset: 'таблица',
      job: 'задача',
    },
    train: (model) => `Обучить ${model}`,
    upload: 'Загрузить таблицу',
    newModel: 'Новая модель',
    connect: 'Подключить источник',
    theme: 'Другая тема',
  },
};
