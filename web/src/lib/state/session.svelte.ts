/** Who is signed in, and what they may do. */

import { type Permission, type User, type UserInfo, userInfo } from '../api';

class Session {
  user = $state<User | null>(null);
  mustChangePassword = $state(false);
  workspace = $state('');
  #permissions = $state<string[]>([]);
  /** False until the server was asked once. */
  known = $state(false);

  can(permission: Permission): boolean {
    return this.#permissions.includes(permission);
  }

  async load(): Promise<void> {
    this.#take(await userInfo());
  }

  #take(info: UserInfo): void {
    this.user = info.user;
    this.#permissions = info.permissions;
    this.mustChangePassword = info.must_change_password;
    this.workspace = info.workspace;
    this.known = true;
  }

  end(): void {
    this.user = null;
    this.#permissions = [];
    this.mustChangePassword = false;
    this.known = true;
  }
}

export const session = new Session();
