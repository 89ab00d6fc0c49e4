import { EventEmitter, getEventListeners } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import timers from 'node:timers/promises';
import * as vscode from 'vscode';

/** Names of the API functions that return a disposable. */
const acquires = /^(on[A-Z]|register|create)/;
/** The files of the shipped extension. */
const shipped = /[\\/]dist[\\/][^\\/]+\.js/;

type Callable = (...args: unknown[]) => unknown;
type Start = (work: Callable, ...rest: readonly number[]) => NodeJS.Timeout;

/**
 * Records the resources that the extension acquires from its host (listeners, commands, views, emitters, timers, listeners of abort
 * signals) and releases. Create it before the extension is loaded. Resources of other code are not recorded.
 */
export class Ledger {
  readonly #open = new Map<object, string>();
  /** Signals that the extension listened to. */
  #signals: WeakRef<AbortSignal>[] = [];
  readonly #known = new WeakSet<AbortSignal>();

  constructor() {
    const { window, workspace, commands, authentication, env } = vscode;
    for (const [room, api] of Object.entries({ window, workspace, commands, authentication, env })) {
      for (const name of Object.keys(api).filter((each) => acquires.test(each))) {
        this.#watch(api, name, `${room}.${name}`);
      }
    }
    this.#watchEmitters();
    this.#watchTimers();
    this.#watchFiles();
    this.#watchProcess();
    this.#watchSignals();
  }

  /** Resources that were not released, in words; listeners of signals only while the signal can still fire. */
  left(): readonly string[] {
    const listened = this.#signals
      .map((signal) => signal.deref())
      .filter((signal) => signal !== undefined && !signal.aborted)
      .flatMap((signal) => (signal ? getEventListeners(signal, 'abort') : []))
      .map(() => 'a listener of a signal');
    return [...this.#open.values(), ...listened];
  }

  #watch(api: object, name: string, what: string): void {
    const original: unknown = Reflect.get(api, name);
    if (typeof original !== 'function') {
      return;
    }
    const watched = (...args: unknown[]): unknown => {
      const made: unknown = Reflect.apply(original, api, args);
      if (isOfExtension() && isDisposable(made)) {
        this.#record(made, what);
      }
      return made;
    };
    Object.defineProperty(api, name, { value: watched, configurable: true, enumerable: true, writable: true });
  }

  #record(made: { dispose: Callable }, what: string): void {
    this.#open.set(made, what);
    const dispose = made.dispose.bind(made);
    made.dispose = (...args) => {
      this.#open.delete(made);
      return dispose(...args);
    };
    // The user may close a page as well.
    if ('onDidDispose' in made && typeof made.onDidDispose === 'function') {
      made.onDidDispose(() => this.#open.delete(made));
    }
  }

  #watchEmitters(): void {
    const open = this.#open;
    class Watched<T> extends vscode.EventEmitter<T> {
      constructor() {
        super();
        if (isOfExtension()) {
          open.set(this, 'an emitter');
        }
      }

      override dispose(): void {
        open.delete(this);
        super.dispose();
      }
    }
    const api: object = createRequire(__filename)('vscode');
    Object.defineProperty(api, 'EventEmitter', { value: Watched, configurable: true, enumerable: true });
  }

  #watchTimers(): void {
    const open = this.#open;
    const watched = (start: Start, once: boolean, what: string): Start =>
      // `promisify` needs the symbol of the original.
      Object.assign((work: Callable, ...rest: readonly number[]): NodeJS.Timeout => {
        if (!isOfExtension()) {
          return start(work, ...rest);
        }
        const timer = start(
          (...args: unknown[]) => {
            if (once) {
              open.delete(timer);
            }
            work(...args);
          },
          ...rest,
        );
        open.set(timer, what);
        return timer;
      }, start);
    const stopped = (stop: (timer: NodeJS.Timeout | undefined) => void) => (timer: NodeJS.Timeout | undefined) => {
      if (timer) {
        open.delete(timer);
      }
      stop(timer);
    };
    Object.assign(globalThis, {
      setTimeout: watched(setTimeout, true, 'a timer'),
      setInterval: watched(setInterval, false, 'an interval'),
      clearTimeout: stopped(clearTimeout),
      clearInterval: stopped(clearInterval),
    });
    const wait = timers.setTimeout;
    timers.setTimeout = async (...args) => {
      const entry = {};
      if (isOfExtension()) {
        open.set(entry, 'a wait');
      }
      try {
        return await wait(...args);
      } finally {
        open.delete(entry);
      }
    };
  }

  #watchFiles(): void {
    const open = this.#open;
    const original: unknown = Reflect.get(fs, 'watch');
    const watch = (...args: unknown[]): unknown => {
      const watcher: unknown = typeof original === 'function' ? Reflect.apply(original, fs, args) : undefined;
      if (isOfExtension() && watcher instanceof EventEmitter) {
        open.set(watcher, 'a watcher of files');
        watcher.once('close', () => open.delete(watcher));
      }
      return watcher;
    };
    Object.assign(fs, { watch });
  }

  #watchProcess(): void {
    const open = this.#open;
    process.on('newListener', (_, listener: object) => {
      if (isOfExtension()) {
        open.set(listener, 'a listener of the process');
      }
    });
    process.on('removeListener', (_, listener: object) => open.delete(listener));
  }

  #watchSignals(): void {
    const original: unknown = Reflect.get(EventTarget.prototype, 'addEventListener');
    const remember = (signal: AbortSignal): void => {
      if (this.#known.has(signal)) {
        return;
      }
      this.#known.add(signal);
      this.#signals.push(new WeakRef(signal));
      // Each request has its own signal.
      if (this.#signals.length % 200 === 0) {
        this.#signals = this.#signals.filter((each) => each.deref() !== undefined);
      }
    };
    const addEventListener = function watched(this: AbortSignal, ...args: unknown[]): void {
      if (isOfExtension()) {
        remember(this);
      }
      if (typeof original === 'function') {
        Reflect.apply(original, this, args);
      }
    };
    Object.assign(AbortSignal.prototype, { addEventListener });
  }
}

// The caller is the first frame outside this file and Node.
function isOfExtension(): boolean {
  const [, ...frames] = new Error().stack?.split('\n') ?? [];
  return shipped.test(frames.find((frame) => !frame.includes(__filename) && !frame.includes('node:')) ?? '');
}

function isDisposable(made: unknown): made is { dispose: Callable } {
  return typeof made === 'object' && made !== null && 'dispose' in made && typeof made.dispose === 'function';
}
