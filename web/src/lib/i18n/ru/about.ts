/** Сведения о сервере. */

import type { Dictionary } from '../en';

export const about: Pick<Dictionary, 'about'> = {
  about: {
    title: 'О системе',
    version: 'Версия',
    code: 'Сборка',
    started: 'Работает с',
    database: 'База данных',
    objects: 'Хранилище объектов',
    workspace: 'Рабочая область',
    health: 'Здоровье',
    ok: 'В порядке',
    degraded: 'Не всё в порядке',
    api: 'API',
    swagger: 'Попробовать: Swagger',
    redoc: 'Прочитать: ReDoc',
    openapi: 'Документ OpenAPI',
    schema: 'JSON Schema описания модели',
    apiText: 'Всё, что делает этот интерфейс, идёт через описанный API.',
    licence: 'Лицензия',
    licenceText: 'Apache License 2.0. Данные не покидают этот сервер.',
  },
};
