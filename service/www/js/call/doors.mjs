// The doors that the device lets the other side of a call open. Pure but for the clock it is given.

const patience = 5000;   // ms until an order without an answer counts as failed
const showFailure = 4000;

/** One door: {name, state: 'closed' | 'opening' | 'open' | 'failed'} */
export class Doors {
    #doors = new Map();

    /** The device told which ones there are; what is known about one stays known. */
    offer(names) {
        const before = this.#doors;
        this.#doors = new Map(names.map((name) => [name, before.get(name) ?? { state: 'closed', until: 0 }]));
    }

    /** True when the order is to be sent. */
    order(name, now) {
        const door = this.#doors.get(name);
        if (!door || this.#stateOf(door, now) === 'opening') return false;
        this.#doors.set(name, { state: 'opening', until: now + patience });
        return true;
    }

    /** The device's answer. */
    answered({ name, seconds, code }, now) {
        if (!this.#doors.has(name)) return;
        const opened = { state: 'open', until: now + Math.max(1, seconds) * 1000 };
        this.#doors.set(name, code === 0 ? opened : { state: 'failed', until: now + showFailure });
    }

    list(now) {
        return [...this.#doors].map(([name, door]) => ({ name, state: this.#stateOf(door, now) }));
    }

    #stateOf({ state, until }, now) {
        if (now < until || state === 'closed') return state;
        return state === 'opening' && now < until + showFailure ? 'failed' : 'closed';
    }
}
