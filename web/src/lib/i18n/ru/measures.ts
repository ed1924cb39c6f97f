/** Мерила: их названия и что они значат. */

import type { Dictionary } from '../en';

export const measures: Pick<Dictionary, 'measure' | 'measureText'> = {
  measure: {
    wape: 'WAPE',
    mape: 'MAPE',
    smape: 'sMAPE',
    mae: 'MAE',
    rmse: 'RMSE',
    median_error: 'Медианная ошибка',
    mase: 'MASE',
    bias_percent: 'Смещение',
    bias: 'Смещение',
    r2: 'R²',
    accuracy: 'Доля верных',
    balanced_accuracy: 'Средняя полнота',
    macro_f1: 'F1 по классам',
    weighted_f1: 'F1 по строкам',
    top3: 'В первой тройке',
    log_loss: 'Log-loss',
    ece: 'Ошибка калибровки',
    needs_person: 'Нужен человек',
    answered_accuracy: 'Верных среди остальных',
  },
  measureText: {
    wape: 'ошибка как доля от суммы',
    mape: 'средняя ошибка в процентах',
    mae: 'средняя ошибка в единицах цели',
    rmse: 'то же, но крупные ошибки весят больше',
    bias_percent: 'прогноз завышен (+) или занижен (−)',
    r2: 'какая часть разброса объяснена',
    accuracy: 'доля строк с верным ответом',
    macro_f1: 'среднее по классам: малые весят столько же, сколько большие',
    log_loss: 'насколько вероятности далеки от правды; чем меньше, тем лучше',
    needs_person: 'доля ответов ниже порога',
  },
};
