// The rules of signalling inside a room (daemon/media/README.md, "What travels in room.signal"), and when to
// ask for a new session. Pure.

import { textOf } from '../wire/check.mjs';

const sdpLimit = 32 * 1024;
const candidateLimit = 2048;
const relayLimit = 16;

/** The device numbers its sessions; the highest one counts, everything of the others is ignored. */
export class Sessions {
    #current;

    /** @param {number} last  the highest session that an earlier load of the page saw */
    constructor(last = 0) {
        this.#current = last;
    }

    /** The highest session seen; 0: none. */
    get current() { return this.#current; }

    /**
     * Judges the body of one room.signal.
     * @returns {{do: 'offer' | 'candidate' | 'media' | 'relays' | 'relay' | 'ignore'}} with what it carries
     */
    receive(body) {
        const isKnown = typeof body?.type === 'string' && Object.hasOwn(judges, body.type);
        return (isKnown && judges[body.type].call(this, body)) || { do: 'ignore' };
    }

    accept(session) {
        this.#current = session;
    }
}

const sessionOf = (value) => (Number.isSafeInteger(value) && value > 0 ? value : 0);

const judges = {
    offer(body) {
        const session = sessionOf(body.session), sdp = textOf(body.sdp, sdpLimit);
        if (!sdp || session <= this.current) return null;
        this.accept(session);
        return { do: 'offer', session, sdp };
    },
    candidate(body) {
        if (sessionOf(body.session) !== this.current || this.current === 0) return null;
        const candidate = textOf(body.candidate, candidateLimit, 0);
        const index = body.sdpMLineIndex;
        if (candidate === null) return null;
        return {
            do: 'candidate', session: this.current, candidate,
            sdpMid: textOf(body.sdpMid, 64), sdpMLineIndex: Number.isSafeInteger(index) && index >= 0 ? index : null,
        };
    },
    media(body) {
        const turn = Number.isSafeInteger(body.rotation) ? ((body.rotation % 360) + 360) % 360 : 0;
        return {
            do: 'media', camera: body.camera !== false, microphone: body.microphone !== false,
            rotation: turn % 90 === 0 ? turn : 0,
        };
    },
    relays(body) {
        const given = Array.isArray(body.relays) ? body.relays : [];
        return { do: 'relays', names: given.filter((name) => textOf(name, 64)).slice(0, relayLimit) };
    },
    relay(body) {
        const name = textOf(body.relay, 64);
        if (!name) return null;
        const seconds = Number.isFinite(body.seconds) ? Math.min(Math.max(body.seconds, 0), 600) : 0;
        return { do: 'relay', name, seconds, code: Number.isSafeInteger(body.errCode) ? body.errCode : 0 };
    },
};

/**
 * When to tell the device want-offer. Times in ms of one clock.
 *
 * Nothing came after the answer: the device may still be starting, it is given `first`. After a reload nothing
 * can come by itself: at once. A session that does not connect, or broke, is given some time to mend itself; but none
 * when the channel came back while it was broken or shortly before: then this phone is in another network, and what
 * the session knows of its addresses is worth nothing. Asking again and again takes ever longer pauses.
 */
export class OfferWish {
    static first = 6000;
    static connecting = 10_000;
    static disconnected = 4000;
    static shortly = 10_000;
    static pauses = [4000, 6000, 10_000, 20_000];

    #asked = 0;
    #next = 0;

    /**
     * @param {'none' | 'connecting' | 'connected' | 'disconnected' | 'failed'} state  of the connection
     * @param {number} since      when it became so
     * @param {{isReloaded?: boolean, roadBack?: number}} past  the page was loaded anew in this call; when the channel
     *     came back last
     */
    due(state, since, { isReloaded = false, roadBack = -Infinity }, now) {
        if (state === 'connected') {
            this.#asked = 0;
            this.#next = 0;
            return false;
        }
        const patience = {
            none: isReloaded ? 0 : OfferWish.first, connecting: OfferWish.connecting,
            disconnected: roadBack > since - OfferWish.shortly ? 0 : OfferWish.disconnected, failed: 0,
        }[state];
        if (now < since + patience || now < this.#next) return false;
        const pauses = OfferWish.pauses;
        this.#next = now + pauses[Math.min(this.#asked++, pauses.length - 1)];
        return true;
    }
}
