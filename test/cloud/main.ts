import type { StandInOptions } from './data';
import { listen } from './server';

/**
 * The stand-in's process. Its options come as JSON in KEY_EXPLORER_STAND_IN; its first line of output is its address.
 * It ends when its standard input does, so that it never outlives who started it.
 */
const options: StandInOptions = JSON.parse(process.env['KEY_EXPLORER_STAND_IN'] ?? '{}');
void listen(options).then(({ url }) => process.stdout.write(`${JSON.stringify({ url })}\n`));
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
