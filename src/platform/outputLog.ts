import type { LogOutputChannel } from 'vscode';
import { redact } from '../cloud/redact';
import type { Log } from '../base/log';

/** The log of an output channel. Redacts each line. Lines are English and hold templates, codes and numbers only. */
export function logInto(channel: LogOutputChannel): Log {
  return {
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
  };
}
