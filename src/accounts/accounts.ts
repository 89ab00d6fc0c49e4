import * as v from 'valibot';
import type { Service } from '../catalog/shape';
import { Client } from '../cloud/client';
import type { Transport } from '../cloud/send';
import { phrase, type Phrase } from '../catalog/phrase';
import { CloudError } from '../cloud/errors';
import { accountId, accountSchema, type Account, type AccountStore, type Remember } from './account';
import { Gate } from './gate';
import { checkToken, requestToken, type Token } from './iam';
import type { Secret, Vault } from './secret';
import type { Site } from './sites';

/** What the accounts need. */
export interface AccountsParts {
  readonly store: AccountStore;
  readonly vault: Vault;
  readonly transport: Transport;
  readonly services: readonly Service[];
  readonly site: (id: string) => Site | undefined;
  /** Called after an account came, went, or changed. */
  readonly changed: () => void;
}

/** A sign-in that worked. `notice`: something that its user should know. */
export interface SignedIn {
  readonly account: Account;
  readonly notice?: Phrase;
}

/** One signed-in identity and the way to ask for it. */
interface Member {
  readonly gate: Gate;
  readonly client: Client;
}

/** The accounts that are signed in, side by side. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #members = new Map<string, Member>();

  /** Takes up the stored accounts. Reads no secret and asks nothing of the network. */
  constructor(parts: AccountsParts) {
    this.#parts = parts;
    for (const account of this.#stored()) {
      this.#admit(account);
    }
  }

  /** In the order in which they signed in first. */
  all(): readonly Account[] {
    return [...this.#members.values()].map(({ gate }) => gate.account);
  }

  /** The client that asks for an account; nothing after it signed out. */
  client(id: string): Client | undefined {
    return this.#members.get(id)?.client;
  }

  /**
   * Signs an IAM user in with a password.
   * @throws CloudError; nothing is kept then, and nothing is tried again
   */
  async withPassword(
    site: Site,
    who: { readonly accountName: string; readonly userName: string; readonly password: string },
    remember: Remember,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    const scope = { domain: { name: who.accountName } };
    const token = await requestToken(site.iam, { by: 'password', ...who }, scope, this.#parts.transport, signal);
    return this.#signIn(
      { ...identity(site, token), signIn: 'password', remember },
      { password: who.password, tokens: { account: storedToken(token) } },
    );
  }

  /**
   * Signs in with a token that was made elsewhere. It cannot be renewed, and serves its own project only.
   * @param mayReplace asked before it takes the place of a password, which serves more
   * @returns nothing where it may not
   * @throws CloudError; `unauthenticated` where IAM does not know the token
   */
  async withToken(
    site: Site,
    value: string,
    remember: Remember,
    mayReplace: (account: Account) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const token = await checkToken(site.iam, value, this.#parts.transport, signal);
    if (token.expires <= this.#parts.transport.clock()) {
      throw new CloudError({ kind: 'unauthenticated', reason: phrase('The token has expired.') });
    }
    const stored = storedToken(token);
    const { project } = token;
    const known = this.#members.get(identity(site, token).id)?.gate.account;
    if (known?.signIn === 'password' && !(await mayReplace(known))) {
      return undefined;
    }
    return this.#signIn(
      { ...identity(site, token), signIn: 'token', remember, expires: token.expires, ...(project ? { project } : {}) },
      { tokens: { account: stored, ...(project ? { [`project:${project.id}`]: stored } : {}) } },
    );
  }

  /**
   * Removes every trace of an account. Said only once it is so: whoever closes the window at the word must be signed out.
   * @throws CloudError where the vault did not let go; the account stays in the list, so that it can be tried again
   */
  async signOut(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (!member) {
      return;
    }
    try {
      await member.gate.signOut();
    } catch {
      this.#admit({ ...member.gate.account, refused: true });
      await this.#save(id);
      this.#parts.changed();
      throw new CloudError({
        kind: 'badAnswer',
        reason: phrase('The secret storage of this machine did not remove the sign-in. Sign out again.'),
      });
    }
    this.#members.delete(id);
    await this.#save(id);
    this.#parts.changed();
  }

  /** The addresses of an account's site that came into the settings after its user signed in. */
  unaccepted({ site, accepted }: Account): readonly string[] {
    return (this.#parts.site(site)?.fromSettings ?? []).filter((address) => !accepted.includes(address));
  }

  /** Lets an account's secrets go to an address of the settings. */
  async accept(id: string, address: string): Promise<void> {
    const member = this.#members.get(id);
    if (member) {
      const { account } = member.gate;
      member.gate.update({ ...account, accepted: [...account.accepted, address] });
      this.#parts.changed();
      await this.#save(id);
    }
  }

  /** Gives up every request under way. */
  close(): void {
    for (const { gate } of this.#members.values()) {
      gate.close();
    }
  }

  async #signIn(account: Account, secret: Secret): Promise<SignedIn> {
    const { gate } = this.#members.get(account.id) ?? this.#admit(account);
    let kept = account;
    let notice: Phrase | undefined;
    try {
      await gate.signedIn(account, secret);
    } catch {
      kept = { ...account, remember: 'session' };
      await gate.signedIn(kept, secret).catch(() => this.#parts.transport.log.warn('The vault does not take changes.'));
      notice = phrase('The secret storage of this machine did not take the sign-in. It lasts for this session only.');
    }
    try {
      await this.#save(account.id);
    } catch {
      kept = { ...kept, remember: 'session' };
      gate.update(kept);
      notice ??= phrase('The list of accounts could not be stored. The sign-in lasts for this session only.');
    }
    this.#parts.changed();
    return { account: kept, ...(notice ? { notice } : {}) };
  }

  #admit(account: Account): Member {
    const gate = new Gate(account, {
      vault: this.#parts.vault,
      transport: this.#parts.transport,
      services: this.#parts.services,
      site: () => this.#parts.site(account.site),
      isListed: () => this.#stored().some(({ id }) => id === account.id),
      signedOutElsewhere: () => {
        this.#members.get(account.id)?.gate.close();
        this.#members.delete(account.id);
        this.#parts.changed();
      },
      changed: () => {
        this.#parts.changed();
        this.#save(account.id).catch(() => this.#parts.transport.log.warn('The list of accounts could not be stored.'));
      },
    });
    const member = { gate, client: new Client(gate, this.#parts.transport) };
    this.#members.set(account.id, member);
    return member;
  }

  #stored(): readonly Account[] {
    const entries = v.safeParse(v.array(v.unknown()), this.#parts.store.read());
    return (entries.success ? entries.output : []).flatMap((entry) => {
      const account = v.safeParse(accountSchema, entry);
      return account.success && hasItsOwnId(account.output) ? [account.output] : [];
    });
  }

  // Changes one account's entry only: another window may have changed the others.
  async #save(id: string): Promise<void> {
    const account = this.#members.get(id)?.gate.account;
    // What is for this session only leaves no trace, not even a name.
    const own = account && account.remember !== 'session' ? [account] : [];
    const stored = this.#stored();
    const at = stored.findIndex((each) => each.id === id);
    await this.#parts.store.write(
      at === -1 ? [...stored, ...own] : [...stored.slice(0, at), ...own, ...stored.slice(at + 1)],
    );
  }
}

// The ID names the account's secret and its site: one that is another identity's is not taken.
function hasItsOwnId({ id, site, domain, user }: Account): boolean {
  return id === accountId(site, domain.id, user.id);
}

function identity(site: Site, { domain, user }: Token): Pick<Account, 'id' | 'site' | 'domain' | 'user' | 'accepted'> {
  return {
    id: accountId(site.id, domain.id, user.id),
    site: site.id,
    domain,
    user,
    // Choosing the site is accepting the addresses that it has now.
    accepted: [...site.fromSettings],
  };
}

function storedToken({ value, expires }: Token): { value: string; expires: number } {
  return { value, expires };
}
