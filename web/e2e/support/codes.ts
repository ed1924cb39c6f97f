/** The app on the phone: codes from a secret (RFC 6238), and the clock that it needs. */

import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP = 30_000;

function bytes(base32: string): Buffer {
  const bits = [...base32].map((c) => BASE32.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

export const step = () => Math.floor(Date.now() / STEP);

/** The code of a step. */
export function codeAt(secret: string, at: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(at));
  const hash = createHmac('sha1', bytes(secret)).update(counter).digest();
  const from = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Codes that are right one after the other: each step's is taken once. */
export class Codes {
  readonly #secret: string;
  #last = 0;
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The next code that the server takes, waited for where all up to the next step's were used. */
  async next(): Promise<string> {
    const wanted = Math.max(this.#last + 1, step() - 1);
    while (step() + 1 < wanted) await new Promise((again) => setTimeout(again, 500));
    this.#last = wanted;
    return codeAt(this.#secret, wanted);
  }
}
