/** Signing in by two factors, and one's own second factor: asked for by few pages, so apart from the rest. */

import { body, client } from './http';

/** Six digits of the app, or one of the recovery codes; people type either into one field. */
export type Shown = { code: string } | { recovery_code: string };

/** What was typed: more than six letters and digits are a recovery code. */
export function shownBy(typed: string): Shown {
  const text = typed.trim();
  return text.replace(/[\s-]/g, '').length > 6 ? { recovery_code: text } : { code: text };
}

export const signInMethods = () => body(client.GET('/auth/methods'));
export const signInFurther = (challenge: string, shown: Shown) =>
  body(client.POST('/auth/login/second-factor', { body: { challenge, ...shown } }));

const FACTOR = '/auth/profile/second-factor';

export const secondFactor = (signal?: AbortSignal) =>
  body(client.GET(FACTOR, { signal: signal ?? null }));
export const enrolFactor = (current_password: string) =>
  body(client.POST(FACTOR, { body: { current_password } }));
export const confirmFactor = (code: string) =>
  body(client.POST(`${FACTOR}/confirm`, { body: { code } }));
export const renewRecoveryCodes = (current_password: string, shown: Shown) =>
  body(client.POST(`${FACTOR}/recovery-codes`, { body: { current_password, ...shown } }));
export const removeFactor = (current_password: string, shown: Shown) =>
  body(client.DELETE(FACTOR, { body: { current_password, ...shown } }));
