import { describe, expect, it } from 'vitest';
import type { Channel } from '../../src/lib/api/types';
import { channelOf, draftOf } from '../../src/lib/model/channel';

const mail = {
  id: 'c_1',
  name: 'mail',
  kind: 'email',
  language: 'en',
  least_severity: 'critical',
  models: ['sales', 'guests'],
  send_resolved: false,
  enabled: true,
  email: {
    host: 'mail.example.com',
    port: 465,
    tls: 'tls',
    username: 'vakhta',
    from: 'Vakhta <vakhta@example.com>',
    to: ['one@example.com', 'two@example.com'],
    ca_pem: '-----BEGIN CERTIFICATE-----',
  },
  secrets_set: ['password'],
} as unknown as Channel;

describe('a channel', () => {
  it('is said as it stands, with its secrets left alone', () => {
    const said = channelOf(draftOf(mail, 'ru'), mail);
    expect({ ...said, id: 'c_1', secrets_set: ['password'] }).toEqual(mail);
  });

  it('says only what belongs to its kind', () => {
    const draft = { ...draftOf(undefined, 'ru'), name: ' bot ', kind: 'telegram' as const };
    const made = channelOf({ ...draft, token: '1:a', chatId: '-100', url: 'https://x', host: 'h' });
    expect(made).toMatchObject({ name: 'bot', token: '1:a', language: 'ru', models: [] });
    expect(made.telegram).toEqual({ chat_id: '-100', api: null });
    expect(made).not.toHaveProperty('url');
    expect(made).not.toHaveProperty('email');
  });

  it('takes addresses and models apart at commas', () => {
    const draft = { ...draftOf(undefined, 'en'), kind: 'email' as const, port: '' };
    const made = channelOf({ ...draft, to: 'a@b.c, , d@e.f', models: 'sales,' });
    expect(made.email?.to).toEqual(['a@b.c', 'd@e.f']);
    expect(made.email?.port).toBeNull();
    expect(made.models).toEqual(['sales']);
  });
});
