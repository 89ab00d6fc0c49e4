import { setMaxListeners } from 'node:events';
import { cancelled } from './errors';
import type { Purpose } from './ports';

/** Idle time after which a request loses its slot, ms, so that a hanging request does not block others. */
const idleLimit = 5000;

/** Number of slots, and maximum number for one host. */
export interface SlotLimits {
  readonly all: number;
  readonly perHost: number;
}

/** Permission to run. */
export interface Slot {
  /** False after the slot was given back. */
  readonly isHeld: boolean;
  /** Restarts the idle time. */
  progressed(): void;
  /** Gives the slot back. Call it at the end of the work even if the slot is no longer held. */
  release(): void;
}

interface Waiter {
  readonly purpose: Purpose;
  readonly start: () => void;
}

/**
 * Limits how many requests run at once, in all and for each host. Hosts take turns, those without a slot first. Each host has
 * a first-in, first-out queue with clicks before scans. A request that makes no progress for {@link idleLimit} loses its slot
 * and goes on; until it ends, its host leaves the last slots to others.
 */
export class Slots {
  readonly #limits: SlotLimits;
  /** Slots in use. */
  #held = 0;
  readonly #heldBy = new Map<string, number>();
  /** Requests that lost their slots, by host. */
  readonly #hanging = new Map<string, number>();
  /** The queues of the hosts, in the order of their turns. */
  readonly #queues = new Map<string, Set<Waiter>>();

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Waits for a slot. @throws CloudError of kind `cancelled` as soon as the signal aborts */
  async take(host: string, purpose: Purpose, signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const leave = (): void => {
        this.#remove(host, waiter);
        reject(cancelled());
      };
      const waiter: Waiter = {
        purpose,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve(this.#slot(host));
        },
      };
      // Many requests may wait with the same signal.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', leave, { once: true });
      const queue = this.#queues.get(host) ?? new Set();
      this.#queues.set(host, queue.add(waiter));
      this.#startNext();
    });
  }

  #startNext(): void {
    while (this.#held < this.#limits.all) {
      const hosts = [...this.#queues.keys()].filter((each) => this.#mayStart(each));
      const host = hosts.find((each) => !this.#heldBy.has(each)) ?? hosts[0];
      const queue = host === undefined ? undefined : this.#queues.get(host);
      const [first, ...others] = queue ?? [];
      const waiter = [first, ...others].find((each) => each?.purpose === 'click') ?? first;
      if (host === undefined || !queue || !waiter) {
        return;
      }
      this.#remove(host, waiter);
      if (queue.size > 0) {
        // It is another host's turn.
        this.#queues.delete(host);
        this.#queues.set(host, queue);
      }
      waiter.start();
    }
  }

  #mayStart(host: string): boolean {
    const { all, perHost } = this.#limits;
    const most = this.#hanging.has(host) ? all - perHost : all;
    return this.#held < most && (this.#heldBy.get(host) ?? 0) < perHost;
  }

  #remove(host: string, waiter: Waiter): void {
    const queue = this.#queues.get(host);
    queue?.delete(waiter);
    if (queue?.size === 0) {
      this.#queues.delete(host);
    }
  }

  #slot(host: string): Slot {
    let isHeld = true;
    let isOver = false;
    const giveBack = (): void => {
      isHeld = false;
      this.#held -= 1;
      add(this.#heldBy, host, -1);
    };
    const hang = (): void => {
      giveBack();
      add(this.#hanging, host, 1);
      this.#startNext();
    };
    this.#held += 1;
    add(this.#heldBy, host, 1);
    let timer = setTimeout(hang, idleLimit);
    return {
      get isHeld() {
        return isHeld;
      },
      progressed: () => {
        if (isHeld) {
          clearTimeout(timer);
          timer = setTimeout(hang, idleLimit);
        }
      },
      release: () => {
        clearTimeout(timer);
        if (isHeld) {
          giveBack();
        } else if (!isOver) {
          add(this.#hanging, host, -1);
        }
        isOver = true;
        this.#startNext();
      },
    };
  }
}

function add(counts: Map<string, number>, host: string, change: number): void {
  const count = (counts.get(host) ?? 0) + change;
  if (count > 0) {
    counts.set(host, count);
  } else {
    counts.delete(host);
  }
}
