import { describe, expect, it } from 'vitest';
import { headOf } from '../../src/lib/model/head';

const text = async (blob: Blob) => await blob.text();

describe('the head of a file', () => {
  it('is the whole of a small one', async () => {
    const file = new Blob(['a,b\n1,2\n']);
    expect(await headOf(file)).toBe(file);
  });
  it('ends with the last whole line', async () => {
    const file = new Blob(['a,b\n', '11,22\n', '33,44\n']);
    expect(await text(await headOf(file, 12))).toBe('a,b\n11,22\n');
    expect(await text(await headOf(file, 10))).toBe('a,b\n11,22\n');
  });
  it('looks for the line end far from the limit, too', async () => {
    const line = 'x'.repeat(1_500_000);
    const file = new Blob(['a\n', line, '\n', line, '\n']);
    const head = await headOf(file, 1_600_000);
    expect(head.size).toBe(1_500_003);
  });
  it('is the whole of Parquet and of UTF-16, which cannot be cut', async () => {
    for (const start of [
      [0x50, 0x41, 0x52, 0x31],
      [0xff, 0xfe, 0x61, 0x00],
      [0xfe, 0xff, 0x00, 0x61],
    ]) {
      const file = new Blob([new Uint8Array(start), '\n'.repeat(40)]);
      expect(await headOf(file, 20)).toBe(file);
    }
  });
  it('is the whole of a file without a line end', async () => {
    const file = new Blob(['x'.repeat(100)]);
    expect(await headOf(file, 20)).toBe(file);
  });
});
