/** What people may do, from the least to the most. */

import type { Tier } from '../api/types';

export const TIERS: readonly Tier[] = ['viewer', 'user', 'admin', 'system_admin'];

/** The rights that somebody may give: no more than his own. */
export const tiersUpTo = (own: Tier): readonly Tier[] => TIERS.slice(0, TIERS.indexOf(own) + 1);

/** The rights that a member of a workspace may have; those of system administrators belong to no workspace. */
export const ROLES: readonly Tier[] = TIERS.filter((tier) => tier !== 'system_admin');
