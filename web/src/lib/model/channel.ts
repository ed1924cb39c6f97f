/** What a person says of a channel, as the server takes it. */

import type { Channel, ChannelDefinition } from '../api/types';

export interface ChannelDraft {
  name: string;
  kind: Channel['kind'];
  language: Channel['language'];
  least: Channel['least_severity'];
  models: string;
  resolved: boolean;
  enabled: boolean;
  url: string;
  token: string;
  room: string;
  chatId: string;
  api: string;
  host: string;
  port: string | number | null;
  tls: 'starttls' | 'tls' | 'none';
  username: string;
  password: string;
  from: string;
  to: string;
}

/** A channel as it stands; secrets are not known and stay where their field stays empty. */
export const draftOf = (channel: Channel | undefined, language: 'ru' | 'en'): ChannelDraft => ({
  name: channel?.name ?? '',
  kind: channel?.kind ?? 'webhook',
  language: channel?.language ?? language,
  least: channel?.least_severity ?? 'warning',
  models: channel?.models.join(', ') ?? '',
  resolved: channel?.send_resolved ?? true,
  enabled: channel?.enabled ?? true,
  url: '',
  token: '',
  room: channel?.chat?.channel ?? '',
  chatId: channel?.telegram?.chat_id ?? '',
  api: channel?.telegram?.api ?? '',
  host: channel?.email?.host ?? '',
  port: channel?.email?.port ?? '',
  tls: channel?.email?.tls ?? 'starttls',
  username: channel?.email?.username ?? '',
  password: '',
  from: channel?.email?.from ?? '',
  to: channel?.email?.to.join(', ') ?? '',
});

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The definition. A secret that is not given is not said, which leaves the one that is kept. */
export function channelOf(draft: ChannelDraft, before?: Channel): ChannelDefinition {
  const { name, kind, language, least, models, resolved, enabled } = draft;
  const secret = (field: 'url' | 'token' | 'password') => {
    const value = draft[field].trim();
    return value ? { [field]: value } : {};
  };
  const told = {
    webhook: () => ({ ...secret('url'), ...secret('token') }),
    chat: () => ({ ...secret('url'), chat: { channel: draft.room.trim() || null } }),
    telegram: () => ({
      ...secret('token'),
      telegram: { chat_id: draft.chatId.trim(), api: draft.api.trim() || null },
    }),
    email: () => ({
      ...secret('password'),
      email: {
        host: draft.host.trim(),
        port: draft.port === '' || draft.port === null ? null : Number(draft.port),
        tls: draft.tls,
        username: draft.username.trim() || null,
        from: draft.from.trim(),
        to: list(draft.to),
        // The company's own authority is set by programs; a change by hand keeps it.
        ca_pem: before?.email?.ca_pem ?? null,
      },
    }),
  };
  return {
    name: name.trim(),
    kind,
    language,
    least_severity: least,
    models: list(models),
    send_resolved: resolved,
    enabled,
    ...told[kind](),
  };
}
