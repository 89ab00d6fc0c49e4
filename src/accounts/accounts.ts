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
    const stored = v.safeParse(v.array(v.unknown()), parts.store.read());
    for (const entry of stored.success ? stored.output : []) {
      const account = v.safeParse(accountSchema, entry);
      if (account.success && hasItsOwnId(account.output)) {
        this.#admit(account.output);
      }
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
   * @throws CloudError; `unauthenticated` where IAM does not know the token
   */
  async withToken(site: Site, value: string, remember: Remember, signal: AbortSignal): Promise<SignedIn> {
    const token = await checkToken(site.iam, value, this.#parts.transport, signal);
    if (token.expires <= this.#parts.transport.clock()) {
      throw new CloudError({ kind: 'unauthenticated', reason: phrase('The token has expired.') });
    }
    const stored = storedToken(token);
    const { project } = token;
    return this.#signIn(
      { ...identity(site, token), signIn: 'token', remember, expires: token.expires, ...(project ? { project } : {}) },
      { tokens: { account: stored, ...(project ? { [`project:${project.id}`]: stored } : {}) } },
    );
  }

  /** Removes every trace of an account. */
  async signOut(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (!member) {
      return;
    }
    this.#members.delete(id);
    // Said only once it is so: whoever closes the window at the word "signed out" must be.
    try {
      await member.gate.signOut();
    } finally {
      await this.#save();
      this.#parts.changed();
    }
  }

  /** Lets an account's secrets go to an address of the settings. */
  async accept(id: string, address: string): Promise<void> {
    const member = this.#members.get(id);
    if (member) {
      const { account } = member.gate;
      member.gate.update({ ...account, accepted: [...account.accepted, address] });
      this.#parts.changed();
      await this.#save();
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
      await this.#save();
    } catch {
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
      changed: () => {
        this.#parts.changed();
        this.#save().catch(() => this.#parts.transport.log.warn('The list of accounts could not be stored.'));
      },
    });
    const member = { gate, client: new Client(gate, this.#parts.transport) };
    this.#members.set(account.id, member);
    return member;
  }

  async #save(): Promise<void> {
    // What is for this session only leaves no trace, not even a name.
    await this.#parts.store.write(this.all().filter(({ remember }) => remember !== 'session'));
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
