import { describe, expect, it } from 'vitest';
import { csvCell, toCsv } from '../../src/lib/charts/download';

describe('CSV', () => {
  it('quotes what would break a row', () => {
    expect(csvCell('plain')).toBe('plain');
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "hi"')).toBe('"say ""hi"""');
    expect(csvCell('two\nlines')).toBe('"two\nlines"');
  });
  it('keeps numbers exact and leaves missing ones empty', () => {
    expect(csvCell(-12.5)).toBe('-12.5');
    expect(csvCell(0)).toBe('0');
    expect(csvCell(null)).toBe('');
    expect(csvCell(NaN)).toBe('');
  });
  it.each(['=1+1', '+7', '-x', '@SUM(A1)'])('gives a spreadsheet no formula: %s', (text) => {
    expect(csvCell(text)).toBe(`'${text}`);
  });
  it('is rows of the head and the body', () => {
    expect(
      toCsv(
        ['Date', 'Actual'],
        [
          ['2026-01-01', 5],
          ['2026-01-02', null],
        ],
      ),
    ).toBe('Date,Actual\r\n2026-01-01,5\r\n2026-01-02,\r\n');
  });
});
