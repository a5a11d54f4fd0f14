// The screen stays on while a call is up. Browsers let go whenever the page is hidden; it is taken again then.

export class Awake {
    #wanted = false;
    #lock = null;

    constructor() {
        document.addEventListener('visibilitychange', () => this.#take());
    }

    want(wanted) {
        this.#wanted = wanted;
        if (wanted) {
            this.#take();
        } else {
            this.#lock?.release().catch(() => {});
            this.#lock = null;
        }
    }

    async #take() {
        if (!this.#wanted || this.#lock || document.visibilityState !== 'visible' || !navigator.wakeLock) return;
        try {
            const lock = await navigator.wakeLock.request('screen');
            lock.addEventListener('release', () => { if (this.#lock === lock) this.#lock = null; });
            this.#lock = lock;
            if (!this.#wanted) this.want(false);
        } catch {
            // low battery, or not allowed: the screen may go dark, the call goes on
        }
    }
}
