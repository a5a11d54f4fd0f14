// What a call sounds like: one window of a browser rings aloud, the others show it.

import { toneOf } from './state.mjs';

export class Ringing {
    #tones;
    #tabs;
    #over = null;   // resolves when the ringing of this window is over

    constructor(tones, tabs) {
        this.#tones = tones;
        this.#tabs = tabs;
    }

    /** Follows the state of the call. */
    follow(state) {
        const tone = toneOf(state);
        if (tone === 'alerting') return this.#alert();
        this.#over?.();
        this.#over = null;
        this.#tones.play(tone);
    }

    #alert() {
        if (this.#over) return;
        const over = new Promise((resolve) => { this.#over = resolve; });
        this.#tabs.ringOnce(() => { if (this.#over) this.#tones.play('alerting'); }, over);
    }
}
