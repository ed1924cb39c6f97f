/** What administrators ask the server for: accounts, workspaces, and who is told of alerts. Loaded with their pages. */

import { body, client } from './http';
import { by, byId, type Filters, given, type QueryOf, type Signal, until } from './parts';
import type * as T from './types';

export const listUsers = (filters: Filters, signal?: Signal) =>
  body(
    client.GET('/auth/users', {
      params: { query: given<QueryOf<'/auth/users'>>(filters) },
      ...until(signal),
    }),
  );
export const createUser = (user: { username: string; tier: T.Tier; password?: string }) =>
  body(client.POST('/auth/users', { body: user }));
export const changeUser = (user_id: string, changes: T.UserChanges) =>
  body(client.PUT('/auth/users/{user_id}', { params: { path: { user_id } }, body: changes }));
export const deleteUser = (user_id: string) =>
  body(client.DELETE('/auth/users/{user_id}', { params: { path: { user_id } } }));

/** Turns off the second factor of somebody who lost it. */
export const resetFactor = (user_id: string) =>
  body(client.DELETE('/auth/users/{user_id}/second-factor', { params: { path: { user_id } } }));

export const listWorkspaces = (signal?: Signal) =>
  body(client.GET('/workspaces', { params: { query: { limit: 500 } }, ...until(signal) }));
export const createWorkspace = (key: string, title: string) =>
  body(client.POST('/workspaces', { body: { key, ...(title ? { title } : {}) } }));
export const switchWorkspace = (key: string) =>
  body(client.POST('/workspaces/{key}/switch', { params: by(key) }));
export const listMembers = (key: string, signal?: Signal) =>
  body(
    client.GET('/workspaces/{key}/members', {
      params: { ...by(key), query: { limit: 500 } },
      ...until(signal),
    }),
  );
const member = (key: string, user_id: string) => ({ path: { key, user_id } });
export const setMember = (key: string, user_id: string, role: T.Tier) =>
  body(
    client.PUT('/workspaces/{key}/members/{user_id}', {
      params: member(key, user_id),
      body: { role },
    }),
  );
export const removeMember = (key: string, user_id: string) =>
  body(client.DELETE('/workspaces/{key}/members/{user_id}', { params: member(key, user_id) }));

export const listRules = (signal?: Signal) => body(client.GET('/alerts/rules', until(signal)));
/** Sets a rule; without settings it goes back to what it is by default. */
export const setRule = (rule: T.AlertRule['rule'], settings: T.RuleSettings | null) =>
  body(client.PUT('/alerts/rules', { body: { rules: [{ rule, settings }] } }));

export const listChannels = (signal?: Signal) =>
  body(client.GET('/alerts/channels', until(signal)));
export const createChannel = (channel: T.ChannelDefinition) =>
  body(client.POST('/alerts/channels', { body: channel }));
export const changeChannel = (id: string, channel: T.ChannelDefinition) =>
  body(client.PUT('/alerts/channels/{id}', { params: byId(id), body: channel }));
export const deleteChannel = (id: string) =>
  body(client.DELETE('/alerts/channels/{id}', { params: byId(id) }));
/** Sends one message at once; how that ended. */
export const testChannel = (id: string) =>
  body(client.POST('/alerts/channels/{id}/test', { params: byId(id) }));

/** What in the history should be looked at, with its reasons in a language. */
export const listSuspicions = (days: number, language: 'ru' | 'en', signal?: Signal) =>
  body(
    client.GET('/events/suspicious', {
      params: { query: { days, language } },
      ...until(signal),
    }),
  );

export const listSilences = (signal?: Signal) =>
  body(client.GET('/alerts/silences', { params: { query: { limit: 100 } }, ...until(signal) }));
export const createSilence = (silence: T.NewSilence) =>
  body(client.POST('/alerts/silences', { body: silence }));
export const endSilence = (id: string) =>
  body(client.DELETE('/alerts/silences/{id}', { params: byId(id) }));
