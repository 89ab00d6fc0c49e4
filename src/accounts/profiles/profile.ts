import type { Phrase } from '../../base/phrase';

/** Where a sign-in was found: KooCLI's file, the file of the SDKs, environment variables, or OpenStack's `clouds.yaml`. */
export type ProfileSource = 'koocli' | 'sdkFile' | 'environment' | 'cloudsYaml';

/** An ID, a name, both or neither. */
interface Named {
  readonly id?: string;
  readonly name?: string;
}

/** A sign-in without its secret. Every text is as its author wrote it, and untrusted. */
export interface ProfileFacts {
  readonly source: ProfileSource;
  readonly name: string;
  /** The files it is from, by their full paths; for the environment, the names of its variables. */
  readonly from: readonly string[];
  /** Undefined for a method that is not supported, which `unusableReason` names. */
  readonly kind?: ProfileSecret['kind'];
  readonly region?: string;
  readonly project?: Named;
  /** The account: IAM calls it a domain. */
  readonly domain?: Named;
  readonly user?: Named;
  /**
   * The address of the IAM that it names, without `/v3` at its end. The author of the file chose it: nothing secret may
   * go there before the user accepted its host.
   */
  readonly endpoint?: string;
  /** True for the one that its own program uses when none is named. */
  readonly current?: true;
  /** Why it cannot sign in; undefined if it can. */
  readonly unusableReason?: Phrase;
}

/** A sign-in that this person already has on this machine. Carries no secret. */
export interface Profile extends ProfileFacts {
  /** Source, file and name: the same for as long as these are. */
  readonly id: string;
  /** Changes when anything of the sign-in changes. Means something in this process only: see `fingerprintOf`. */
  readonly fingerprint: string;
}

/** The secret of a profile. Read for each use, and not kept. */
export type ProfileSecret =
  | {
      readonly kind: 'accessKey';
      readonly accessKey: string;
      readonly secretKey: string;
      /** Goes with temporary access keys only. */
      readonly securityToken?: string;
    }
  | { readonly kind: 'password'; readonly accountName: string; readonly userName: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** A file that is there but of no use as a whole. */
export interface ProfileProblem {
  readonly source: ProfileSource;
  readonly path: string;
  readonly reason: Phrase;
}

/** The result of looking for profiles. A missing file is neither. */
export interface FoundProfiles {
  readonly profiles: readonly Profile[];
  readonly problems: readonly ProfileProblem[];
}

/** The machine that is searched: the real one (`thisMachine`), or a test's. */
export interface ProfilePlaces {
  /** The user's home folder. Ignored unless it is an absolute path. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970; the clock of this machine if it is left out. */
  readonly now?: () => number;
  /**
   * Reads a file as text.
   * @returns undefined if there is no such file
   * @throws FileRefused, or an error of the file system with its `code`
   */
  readFile(path: string): Promise<string | undefined>;
}

/** A sign-in as it was found. Never leaves this folder, other than as a {@link Profile} or a {@link ProfileSecret}. */
export interface Candidate {
  readonly facts: ProfileFacts;
  /** Undefined if the sign-in is not usable. */
  readonly secret?: ProfileSecret;
}

/** The sign-ins of one source. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly ProfileProblem[];
}
