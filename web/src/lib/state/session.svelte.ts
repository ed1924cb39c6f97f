/** Who is signed in, and what they may do. */

import { type Permission, type User, type UserInfo, userInfo } from '../api';

class Session {
  user = $state<User | null>(null);
  mustChangePassword = $state(false);
  mustEnrol = $state(false);
  workspace = $state('');
  #permissions = $state<string[]>([]);
  /** False until the server was asked once. */
  known = $state(false);

  /** Whether something is to be done before any page opens. */
  get held(): boolean {
    return this.mustChangePassword || this.mustEnrol;
  }

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
    this.mustEnrol = info.must_enrol_second_factor;
    this.workspace = info.workspace;
    this.known = true;
  }

  end(): void {
    this.user = null;
    this.#permissions = [];
    this.mustChangePassword = this.mustEnrol = false;
    this.known = true;
  }
}

export const session = new Session();
