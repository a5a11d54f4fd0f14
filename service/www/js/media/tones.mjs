// What rings. The tones are computed here, so that nothing has to be loaded when a call comes in.

import { Emitter } from '../lib/emitter.mjs';

/**
 * One round of a tone as samples. Pure. `alerting`: three soft rising pairs, then rest; `ringBack`: one long
 * low tone, then rest.
 * @param {'alerting' | 'ringBack'} name  @param {number} rate  samples a second
 */
export function toneSamples(name, rate) {
    const { length, notes } = scores[name];
    const samples = new Float32Array(Math.round(length * rate));
    for (const note of notes) addNote(samples, rate, note);
    return samples;
}

const pair = (at) => [
    { at, seconds: 0.28, hertz: 659.26, loud: 0.3 }, { at: at + 0.18, seconds: 0.5, hertz: 987.77, loud: 0.3 },
];
const scores = {
    alerting: { length: 3, notes: [...pair(0), ...pair(0.6), ...pair(1.2)] },
    ringBack: { length: 4, notes: [{ at: 0, seconds: 1, hertz: 425, loud: 0.12, flat: true }] },
};

function addNote(samples, rate, { at, seconds, hertz, loud, flat }) {
    const first = Math.round(at * rate), count = Math.round(seconds * rate);
    const edge = Math.round(0.01 * rate);  // no clicks
    for (let i = 0; i < count && first + i < samples.length; ++i) {
        const swell = Math.min(1, i / edge, (count - i) / edge);
        const decay = flat ? 1 : Math.exp((-5 * i) / count);
        const angle = (2 * Math.PI * hertz * i) / rate;
        const wave = flat ? Math.sin(angle) : 0.8 * Math.sin(angle) + 0.2 * Math.sin(2 * angle);
        samples[first + i] += loud * swell * decay * wave;
    }
}

/** Plays one tone at a time, round and round. */
export class Tones {
    /** Told when the browser begins or ceases to keep us silent. */
    changed = new Emitter();

    #context = null;
    #playing = 'none';
    #source = null;
    #shaking = 0;

    /** The browser lets no sound out before a person has touched the page. */
    get blocked() {
        return this.#playing !== 'none' && this.#context?.state !== 'running';
    }

    /** Call it from any touch or key: from then on the page may sound. */
    unlock() {
        const context = this.#open();
        if (context && context.state === 'suspended') context.resume().then(() => this.changed.tell(), () => {});
    }

    /** @param {'alerting' | 'ringBack' | 'none'} name */
    play(name) {
        if (name === this.#playing) return;
        this.#playing = name;
        this.#stop();
        const context = name === 'none' ? null : this.#open();
        if (context) this.#start(context, name);
        if (name === 'alerting') this.#shake();
        this.changed.tell();
    }

    #open() {
        if (this.#context) return this.#context;
        try {
            this.#context = new AudioContext();
            this.#context.onstatechange = () => this.changed.tell();
        } catch {
            return null;  // no sound hardware: the page shows the call all the same
        }
        return this.#context;
    }

    #start(context, name) {
        const samples = toneSamples(name, context.sampleRate);
        const buffer = context.createBuffer(1, samples.length, context.sampleRate);
        buffer.copyToChannel(samples, 0);
        this.#source = context.createBufferSource();
        this.#source.buffer = buffer;
        this.#source.loop = true;
        this.#source.connect(context.destination);
        this.#source.start();
        context.resume().catch(() => {});
    }

    #stop() {
        this.#source?.stop();
        this.#source?.disconnect();
        this.#source = null;
        clearInterval(this.#shaking);
        if (this.#shaking) navigator.vibrate?.(0);
        this.#shaking = 0;
    }

    #shake() {
        if (!navigator.vibrate || !navigator.userActivation?.hasBeenActive) return;
        const once = () => navigator.vibrate([500, 250, 500]);
        once();
        this.#shaking = setInterval(once, 3000);
    }
}
