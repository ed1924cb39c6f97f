/** The part of a file that is enough to see how it is read. */

const HEAD = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The whole file, or for a large text file its first 16 MiB up to the last whole line. Parquet keeps
 * its description at the end, and in UTF-16 a byte does not tell a line's end: those stay whole.
 */
export async function headOf(file: Blob, limit = HEAD): Promise<Blob> {
  if (file.size <= limit) return file;
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const parquet = String.fromCharCode(...start) === 'PAR1';
  const utf16 =
    (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (parquet || utf16) return file;
  const tail = Math.min(limit, 1024 * 1024);
  const bytes = new Uint8Array(await file.slice(limit - tail, limit).arrayBuffer());
  const end = bytes.lastIndexOf(NEWLINE);
  return end < 0 ? file : file.slice(0, limit - tail + end + 1);
}
