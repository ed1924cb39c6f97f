import { describe, expect, it } from 'vitest';
import { en } from '../../src/lib/i18n/en';
import { ru } from '../../src/lib/i18n/ru';
import { noteText } from '../../src/lib/model/told';

/** Every code that trainings of records and of forecasts write. */
const CODES = [
  'calibrated',
  'classes_with_one_row',
  'closed_series',
  'constant_series',
  'coverage_unknown',
  'duplicates_summed',
  'empty_columns',
  'engine_chosen',
  'engine_left_out',
  'engines_blended',
  'engines_by_series',
  'fewer_folds',
  'frequency_guessed',
  'gaps',
  'hierarchy_left_out',
  'history_shortened',
  'late_data',
  'late_openings',
  'level_shifts',
  'negative_values',
  'no_trees',
  'not_measured',
  'one_class',
  'outliers',
  'outliers_masked',
  'reconciled',
  'rows_without_target',
  'series_without_target',
  'statistical_left_out',
  'unopened_zeros',
];

describe('the notes of a training', () => {
  it.each(CODES)('%s has words of its own in both languages', (code) => {
    const note = { code, count: 5, text: 'as the server says' };
    for (const ofRecords of [false, true]) {
      expect(noteText(note, en, ofRecords)).not.toBe(note.text);
      expect(noteText(note, ru, ofRecords)).toMatch(/[а-яё]/i);
    }
  });
});
