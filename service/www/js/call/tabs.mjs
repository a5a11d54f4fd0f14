// Several windows of one browser: all are called, one rings aloud, one takes the call.

import { Emitter } from '../lib/emitter.mjs';
import { textOf } from '../wire/check.mjs';

const hiddenWaits = 400;  // ms that a hidden window lets a visible one ring first

export class Tabs {
    /** Told (what, roomId): 'answered' or 'declined' by another window. */
    heard = new Emitter();
    #channel = null;

    constructor() {
        if (!('BroadcastChannel' in globalThis)) return;
        this.#channel = new BroadcastChannel('wmpf-voip');
        this.#channel.onmessage = ({ data }) => {
            const what = ['answered', 'declined'].includes(data?.what) ? data.what : null;
            const roomId = textOf(data?.roomId, 128);
            if (what && roomId) this.heard.tell(what, roomId);
        };
    }

    tell(what, roomId) {
        this.#channel?.postMessage({ what, roomId });
    }

    /** Runs `aloud` in one window at a time until `over` resolves. */
    async ringOnce(aloud, over) {
        if (document.visibilityState !== 'visible') await pause(hiddenWaits, over);
        await hold('wmpf-voip ring', { ifAvailable: true }, async (mine) => {
            if (!mine) return;
            aloud();
            await over;
        });
    }

    /**
     * Keeps a call for this window until `over` resolves. A window that was copied from one in a call finds
     * it taken. @returns {Promise<boolean>} whether it is ours
     */
    keep(roomId, over) {
        return new Promise((resolve) => {
            // A reload: the window that is going away lets go within moments.
            const patience = AbortSignal.timeout(1500);
            hold(`wmpf-voip call ${roomId}`, { signal: patience }, (mine) => {
                resolve(Boolean(mine));
                return over;
            }).catch(() => resolve(false));
        });
    }
}

function hold(name, options, work) {
    return navigator.locks ? navigator.locks.request(name, options, work) : work(true);
}

function pause(ms, over) {
    return Promise.race([over, new Promise((resolve) => setTimeout(resolve, ms))]);
}
