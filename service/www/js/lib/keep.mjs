// The browser's storage as values. Private windows and full disks make it fail: then things are only
// remembered while the page lives.

/** One named JSON value in localStorage or sessionStorage. */
export class Kept {
    #storage;
    #name;
    #fallback = null;

    /** @param {() => Storage} storage  asked each time: its getter may throw */
    constructor(storage, name) {
        this.#storage = storage;
        this.#name = name;
    }

    /** The value, or null: absent, damaged or out of reach. */
    get() {
        try {
            const text = this.#storage().getItem(this.#name);
            return text === null ? this.#fallback : JSON.parse(text);
        } catch {
            return this.#fallback;
        }
    }

    set(value) {
        this.#fallback = value;
        try {
            this.#storage().setItem(this.#name, JSON.stringify(value));
        } catch {
            // kept in memory only
        }
    }

    clear() {
        this.#fallback = null;
        try {
            this.#storage().removeItem(this.#name);
        } catch {
            // there was nothing
        }
    }
}

export const local = (name) => new Kept(() => globalThis.localStorage, name);
export const session = (name) => new Kept(() => globalThis.sessionStorage, name);
