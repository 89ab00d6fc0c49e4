import assert from 'node:assert/strict';
import { serverEnvironment } from '../../host/processes';

/** Variables of a machine that must not change what a test or the demo shows. */
const planted = [
  'HW_ACCESS_KEY',
  'OS_AUTH_URL',
  'HUAWEICLOUD_SDK_CREDENTIALS_FILE',
  'http_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'NO_PROXY',
  'VSCODE_IPC_HOOK_CLI',
];

describe('the environment of a VS Code in tests and demo', () => {
  const before = { ...process.env };

  afterEach(() => {
    process.env = { ...before };
  });

  it('has neither the accounts nor the proxies nor the home folder of the machine', () => {
    for (const name of planted) {
      process.env[name] = 'planted';
    }
    const { HOME, USERPROFILE, PATH, ...rest } = serverEnvironment('/a/home');
    assert.deepEqual([HOME, USERPROFILE, PATH], ['/a/home', '/a/home', before['PATH']]);
    assert.deepEqual(
      planted.filter((name) => name in rest),
      [],
    );
  });

  it('has what its starter adds', () => {
    const { HOME, HW_REGION_NAME } = serverEnvironment('/a/home', { HOME: '/another', HW_REGION_NAME: 'x' });
    assert.deepEqual([HOME, HW_REGION_NAME], ['/another', 'x']);
  });
});
