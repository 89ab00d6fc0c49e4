/** Subscribes a listener until the result is disposed of, as VS Code's own events do. */
export type Event<T> = (listener: (value: T) => unknown) => { dispose(): void };

/** Fires an {@link Event}: VS Code's `EventEmitter` for the rooms without vscode. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    this.#listeners.forEach((listener) => listener(value));
  }
}
