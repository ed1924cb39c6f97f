/** A small OpenID Connect provider on the loopback: signs in whoever a test says, by a key made anew. */

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Provider {
  issuer: string;
  /** Who comes to its sign-in page. */
  person: Record<string, unknown>;
  stop(): void;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export async function startProvider(client: string): Promise<Provider> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const questions = new Map<string, URLSearchParams>();
  const provider: Provider = { issuer: '', person: {}, stop: () => server.close() };

  function idToken(question: URLSearchParams): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: provider.issuer, aud: client, iat: now, exp: now + 300 };
    const said = { ...claims, nonce: question.get('nonce'), ...provider.person };
    const text = `${encode({ alg: 'ES256', kid: 'one' })}.${encode(said)}`;
    const tag = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${tag.toString('base64url')}`;
  }

  const server: Server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', provider.issuer);
      const json = (status: number, value: unknown) => {
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(value));
      };
      switch (url.pathname) {
        case '/.well-known/openid-configuration':
          return json(200, {
            issuer: provider.issuer,
            authorization_endpoint: `${provider.issuer}/authorize`,
            token_endpoint: `${provider.issuer}/token`,
            jwks_uri: `${provider.issuer}/keys`,
          });
        case '/keys':
          return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] });
        case '/authorize': {
          const code = randomUUID();
          questions.set(code, url.searchParams);
          const back = new URL(url.searchParams.get('redirect_uri') ?? '');
          back.searchParams.set('code', code);
          back.searchParams.set('state', url.searchParams.get('state') ?? '');
          response.writeHead(302, { Location: back.href });
          return response.end();
        }
        case '/token': {
          const form = await bodyOf(request);
          const question = questions.get(form.get('code') ?? '');
          questions.delete(form.get('code') ?? '');
          const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
          if (question?.get('code_challenge') !== verifier.digest('base64url')) {
            return json(400, { error: 'invalid_grant' });
          }
          return json(200, {
            token_type: 'Bearer',
            access_token: 'x',
            id_token: idToken(question),
          });
        }
      }
      return json(404, {});
    })();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}
