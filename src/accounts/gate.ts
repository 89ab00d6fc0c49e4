import { phrase } from '../catalog/phrase';
import type { Service } from '../catalog/shape';
import { CloudError, cancelled } from '../cloud/errors';
import { fillPath } from '../cloud/path';
import type { Authorizer, Outgoing, TokenScope } from '../cloud/ports';
import type { Transport } from '../cloud/send';
import type { Account } from './account';
import { answers, isGood, requestToken, type AskedScope, type Identity, type Token } from './iam';
import { readSecret, vaultKey, writeSecret, type Secret, type StoredToken, type Vault } from './secret';
import { builtInAddresses, matchesTemplate, type Site } from './sites';

/** A token with less left than this is renewed on the next request: 10 minutes, in milliseconds. */
const renewBefore = 10 * 60 * 1000;

/**
 * A token that came so lately is used whatever its end: tokens of a short life, or a clock that is wrong, must not cost a
 * sign-in a request. A minute, in milliseconds.
 */
const newFor = 60_000;

/** So many projects may refuse a token while the account's own is good, before the sign-in counts as refused. */
const doubtful = 3;

/** What a gate needs. */
export interface GateParts {
  readonly vault: Vault;
  readonly transport: Transport;
  /** The account's site as it is now; nothing where the settings no longer have it. */
  readonly site: () => Site | undefined;
  /** Whether the account is in the list that all windows share. */
  readonly isListed: () => boolean;
  /** Called when another window signed the account out. */
  readonly signedOutElsewhere: () => void;
  /** The services whose own addresses a token may go to. */
  readonly services: readonly Service[];
  /** Called when what is known of the account changed. */
  readonly changed: () => void;
}

/**
 * Authorizes the requests of one account: fetches a token for each scope when it is first needed, renews it on use,
 * never by a timer, and asks IAM once for however many requests wait for it.
 */
export class Gate implements Authorizer {
  #account: Account;
  readonly #parts: GateParts;
  readonly #closing = new AbortController();
  readonly #fetching = new Map<string, Promise<StoredToken>>();
  #secret: Promise<Secret | undefined> | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #receivedAt = new Map<string, number>();
  /** Passwords are sent in turn, so that the refusal of one keeps the next from being sent. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Projects that IAM gave no token for; not asked again before the next sign-in. */
  readonly #withoutRole = new Map<string, CloudError>();
  /** Counts sign-ins, so that an answer to an older one is not taken for this one's. */
  #generation = 0;

  constructor(account: Account, parts: GateParts) {
    this.#account = account;
    this.#parts = parts;
  }

  get account(): Account {
    return this.#account;
  }

  /**
   * Puts a new sign-in in place of what there was.
   * @throws what the vault throws; the sign-in is then held in memory all the same
   */
  async signedIn(account: Account, secret: Secret): Promise<void> {
    this.#account = account;
    this.#generation += 1;
    this.#secret = Promise.resolve(secret);
    this.#fetching.clear();
    this.#withoutRole.clear();
    await this.#store(secret, () => true);
  }

  /** Takes what is now known of the account. */
  update(account: Account): void {
    this.#account = account;
  }

  /** Forgets everything, here and in the vault; requests under way are given up. */
  async signOut(): Promise<void> {
    this.#closing.abort();
    this.#generation += 1;
    this.#secret = Promise.resolve(undefined);
    await this.#writing.catch(() => undefined);
    await this.#parts.vault.remove(vaultKey(this.#account.id));
  }

  /** Gives up what is under way, without forgetting anything. */
  close(): void {
    this.#closing.abort();
  }

  async authorize(request: Outgoing, scope: TokenScope): Promise<Readonly<Record<string, string>>> {
    this.#refuseElsewhere(request.url);
    const token = await this.#token(scope);
    return { 'x-auth-token': token.value };
  }

  async renew(refused: Readonly<Record<string, string>>, scope: TokenScope): Promise<boolean> {
    const key = keyOf(scope);
    const secret = await this.#read();
    const held = secret?.tokens[key];
    if (held && held.value !== refused['x-auth-token']) {
      return true;
    }
    if (!secret || !this.#canFetch(secret, scope)) {
      return false;
    }
    try {
      await this.#fetch(scope, secret);
      return true;
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated') {
        return false;
      }
      throw error;
    }
  }

  async iamAnswers(signal: AbortSignal): Promise<boolean> {
    const site = this.#parts.site();
    return site !== undefined && (await answers(site.iam, this.#parts.transport, signal));
  }

  async #token(scope: TokenScope): Promise<StoredToken> {
    if (this.#closing.signal.aborted) {
      throw cancelled();
    }
    this.#refuseRefused();
    if (!this.#isStillIn()) {
      this.#parts.signedOutElsewhere();
      throw cancelled();
    }
    const secret = await this.#read();
    if (!secret) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The sign-in of this account is no longer stored on this machine.'),
      });
    }
    const { transport } = this.#parts;
    const held = secret.tokens[keyOf(scope)];
    const left = held ? held.expires - transport.clock() : 0;
    const isNew = held && transport.clock() - (this.#receivedAt.get(held.value) ?? -Infinity) < newFor;
    if (held && (isNew || left > renewBefore || (left > 0 && !this.#canGain(secret, scope, held)))) {
      return held;
    }
    if (!this.#canFetch(secret, scope)) {
      throw this.#cannotFetch(scope);
    }
    try {
      return await this.#fetch(scope, secret);
    } catch (error) {
      // IAM being out of reach does not end a token that still has minutes.
      if (held && left > 0 && error instanceof CloudError && error.kind !== 'unauthenticated') {
        return held;
      }
      throw error;
    }
  }

  // One request to IAM, however many wait for it.
  #fetch(scope: TokenScope, secret: Secret): Promise<StoredToken> {
    const key = keyOf(scope);
    const underWay = this.#fetching.get(key);
    if (underWay) {
      return underWay;
    }
    const fetching = this.#request(scope, secret).finally(() => {
      if (this.#fetching.get(key) === fetching) {
        this.#fetching.delete(key);
      }
    });
    this.#fetching.set(key, fetching);
    return fetching;
  }

  async #request(scope: TokenScope, secret: Secret): Promise<StoredToken> {
    const site = this.#parts.site();
    if (!site) {
      throw new CloudError({
        kind: 'invalidRequest',
        reason: phrase('The site {0} is no longer in the setting keyExplorer.sites.', this.#account.site),
      });
    }
    this.#refuseElsewhere(fillPath(site.iam, '', {}));
    const generation = this.#generation;
    const asking = async (): Promise<Token> => this.#askIam(scope, secret, site, generation);
    const turn = secret.password === undefined ? asking() : this.#turn.then(asking);
    this.#turn = turn.catch(() => undefined);
    const token = await turn;
    const stored = { value: token.value, expires: token.expires };
    this.#receivedAt.set(stored.value, this.#parts.transport.clock());
    // A sign-in that was replaced or ended meanwhile must not be overwritten.
    if (generation === this.#generation) {
      // Put behind what is there at once, so that two tokens that come together are both kept.
      const renewing = Promise.resolve(this.#secret).then((kept) => ({
        ...kept,
        tokens: { ...kept?.tokens, [keyOf(scope)]: stored },
      }));
      this.#secret = renewing;
      // A vault that fails costs a request after the next start, no more.
      await this.#store(await renewing, () => this.#isStillIn()).catch(() =>
        this.#parts.transport.log.warn('The token could not be stored.'),
      );
    }
    return stored;
  }

  async #askIam(scope: TokenScope, secret: Secret, site: Site, generation: number): Promise<Token> {
    this.#refuseRefused();
    const without = this.#withoutRole.get(keyOf(scope));
    if (without) {
      throw without;
    }
    const { transport } = this.#parts;
    try {
      return await requestToken(site.iam, this.#identity(secret), this.#asked(scope), transport, this.#closing.signal);
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated' && generation === this.#generation) {
        throw await this.#refusal(error, scope, secret, site);
      }
      throw error;
    }
  }

  // IAM refuses a wrong password and a project that its user has no role in alike. While the account's own token is
  // good, the password is taken to be so too; but not often, since wrong passwords lock an account.
  async #refusal(error: CloudError, scope: TokenScope, secret: Secret, site: Site): Promise<CloudError> {
    const account = secret.tokens['account'];
    if (scope.of === 'project' && secret.password !== undefined && account && this.#withoutRole.size < doubtful) {
      const { transport } = this.#parts;
      if (await isGood(site.iam, account.value, transport, this.#closing.signal)) {
        const forbidden = error.as({
          kind: 'forbidden',
          reason: phrase('IAM gives this user no token for the project.'),
        });
        this.#withoutRole.set(keyOf(scope), forbidden);
        return forbidden;
      }
    }
    this.#refused(secret);
    return error;
  }

  // Another window may have signed the account out; an account of this session is in no list.
  #isStillIn(): boolean {
    return this.#account.remember === 'session' || this.#parts.isListed();
  }

  #refuseRefused(): void {
    if (this.#account.refused) {
      throw new CloudError({ kind: 'unauthenticated', reason: phrase('The cloud refused the sign-in.') });
    }
  }

  #refused(secret: Secret): void {
    // A refused exchange leaves the other tokens of the account as good as they were.
    if (secret.password !== undefined) {
      this.#account = { ...this.#account, refused: true };
      this.#parts.changed();
    }
  }

  #identity(secret: Secret): Identity {
    if (secret.password !== undefined) {
      const { domain, user } = this.#account;
      return { by: 'password', accountName: domain.name, userName: user.name, password: secret.password };
    }
    return { by: 'token', token: secret.tokens['account']?.value ?? '' };
  }

  #asked(scope: TokenScope): AskedScope {
    return scope.of === 'account' ? { domain: { id: this.#account.domain.id } } : { project: { id: scope.projectId } };
  }

  // Without the password, a project's token can still be had for the account's, while that lasts.
  #canFetch(secret: Secret, scope: TokenScope): boolean {
    if (this.#account.signIn === 'token') {
      return false;
    }
    const account = secret.tokens['account'];
    const exchangeable = account !== undefined && account.expires > this.#parts.transport.clock();
    return secret.password !== undefined || (scope.of === 'project' && exchangeable);
  }

  // A token that was exchanged ends with the one it was got with: exchanging that again gains nothing.
  #canGain(secret: Secret, scope: TokenScope, held: StoredToken): boolean {
    const { password, tokens } = secret;
    return (
      this.#canFetch(secret, scope) && (password !== undefined || (tokens['account']?.expires ?? 0) > held.expires)
    );
  }

  #cannotFetch(scope: TokenScope): CloudError {
    const { signIn, project } = this.#account;
    if (signIn === 'token' && scope.of === 'project' && project?.id !== scope.projectId) {
      return new CloudError({ kind: 'forbidden', reason: phrase('The pasted token does not serve this project.') });
    }
    return new CloudError({ kind: 'unauthenticated', reason: phrase('The sign-in has expired.') });
  }

  // A token or password goes only to addresses that are built in, or that its user accepted.
  #refuseElsewhere(url: URL): void {
    const site = this.#parts.site();
    const builtIn = site ? builtInAddresses(site, this.#parts.services) : [];
    const fromSettings = site?.fromSettings ?? [];
    const accepted = this.#account.accepted.filter((template) => fromSettings.includes(template));
    if ([...builtIn, ...accepted].some((template) => matchesTemplate(url, template))) {
      return;
    }
    const unaccepted = fromSettings.find((template) => matchesTemplate(url, template));
    throw new CloudError({
      kind: 'invalidRequest',
      reason: phrase(
        '{0} was added to the settings after you signed in. Nothing is sent there until you accept it.',
        url.host,
      ),
      ...(unaccepted === undefined ? {} : { accept: unaccepted }),
    });
  }

  // A sign-in that comes while the vault is being read outweighs what the vault says.
  async #read(): Promise<Secret | undefined> {
    const reading = (this.#secret ??= this.#parts.vault.read(vaultKey(this.#account.id)).then(readSecret));
    try {
      const secret = await reading;
      return this.#secret === reading ? secret : await this.#read();
    } catch {
      if (this.#secret !== reading && this.#secret !== undefined) {
        return this.#read();
      }
      this.#secret = undefined;
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The secret storage of this machine could not be read.'),
      });
    }
  }

  // In turn, so that an older entry never overwrites a newer one.
  async #store(secret: Secret, may: () => boolean): Promise<void> {
    const { id, remember } = this.#account;
    const { vault, transport } = this.#parts;
    const earlier = this.#writing.catch(() => undefined);
    this.#writing = earlier.then(async () => {
      if (this.#closing.signal.aborted || !may()) {
        return;
      }
      // An earlier sign-in of the same identity may have been remembered.
      await (remember === 'session'
        ? vault.remove(vaultKey(id))
        : vault.write(vaultKey(id), writeSecret(secret, remember, transport.clock())));
    });
    await this.#writing;
  }
}

function keyOf(scope: TokenScope): string {
  return scope.of === 'account' ? 'account' : `project:${scope.projectId}`;
}
