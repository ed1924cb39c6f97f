/** Файл записей, о которых спрашивают модель. */

import type { Dictionary } from '../en';
import { n } from './n';

const rows = (k: number) => n(k, 'строка', 'строки', 'строк');

export const batch: Pick<Dictionary, 'batch'> = {
  batch: {
    tab: 'Прогноз',
    title: 'Из файла',
    lead: 'Модель ответит на каждую строку, и файл вернётся с ответами. Каждый ответ записан, как и любой другой.',
    formats: 'CSV, JSON или JSON Lines; UTF-8 или windows-1251',
    other: 'Другой файл',
    rows,
    asksFor: 'О чём спрашивает модель',
    present: 'есть в файле',
    absent: 'нет в файле: значение неизвестно',
    needed: 'нужен, а в файле его нет',
    unreadable: 'Этот файл не читается',
    empty: 'В нём нет строк.',
    wrong: (k) => `Пропущено: ${rows(k)}, где не число`,
    wrongRow: (row, columns) => `строка ${row}: ${columns}`,
    ask: (k) => `Ответить: ${rows(k)}`,
    asking: (done, all) => `Отвечено ${done} из ${all}`,
    stop: 'Остановить',
    done: (k) => `Готово: ${rows(k)}.`,
    errors: (k) => `Без ответа: ${rows(k)}; почему — сказано в файле.`,
    result: 'Ответы',
    first: (k) => `первые ${k}`,
    csv: 'Скачать CSV',
    json: 'Скачать JSON Lines',
    notAsked: 'Ваша учётная запись может смотреть, но не спрашивать. Это меняет администратор.',
    nothing: 'Пока ничто не отвечает',
    nothingText: 'Сначала обучите модель: первая версия начнёт отвечать сразу.',
    train: 'К обучению',
  },
};
