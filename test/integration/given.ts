import type { SAMPLE } from '../cloud/data';

/** Input of the tests in the extension host, from the process outside. */
export interface Given {
  readonly cloud: string;
  readonly sample: typeof SAMPLE;
}

/** Reads it from the environment. */
export function given(): Given {
  const found: Given = JSON.parse(process.env['KEY_EXPLORER_GIVEN'] ?? '{}');
  return found;
}
