// Who wants to know. One kind of news each; a listener that throws does not keep the others from hearing it.

export class Emitter {
    #listeners = new Set();

    /** @returns {() => void} ends it */
    listen(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    tell(...news) {
        for (const listener of [...this.#listeners]) {
            try {
                listener(...news);
            } catch (error) {
                console.error('a listener failed', error);
            }
        }
    }
}
