// The one WebSocket to the service: kept alive for ever, watched, with the service's words told on.

import { delayOf } from '../lib/backoff.mjs';
import { Emitter } from '../lib/emitter.mjs';
import { networkFault } from './fault.mjs';
import { RpcPeer } from './rpc.mjs';

/** @source protocol/README.md, "Channel methods" */
export const subprotocol = 'wmpf-voip.v1';
export const closeCode = Object.freeze({ goingAway: 1001, tokenOver: 4401, replaced: 4409 });

const openLimit = 10_000;            // ms from the first byte to an open channel
const pingPause = { quiet: 25_000, call: 8_000 };
const pingLimit = { usual: 5, urgent: 2 };   // s
const patience = { quiet: { base: 500, cap: 30_000 }, call: { base: 250, cap: 2_000 } };

/**
 * States: `closed` (not wanted), `connecting`, `online`, `waiting` (lost, the next try is planned), `refused`
 * (the login is over), `replaced` (a newer window took the last place).
 */
export class Channel {
    /** Told (state) at each change. */
    changed = new Emitter();
    /** Told (method, params) of notifications. */
    heard = new Emitter();

    #url;
    #serve;
    #isLoggedIn;
    #socket = null;
    #peer = null;
    #state = 'closed';
    #tries = 0;
    #alarm = 0;
    #pulse = 0;
    #hurried = false;
    #lostAt = 0;

    /**
     * @param {string} url  wss://HOST/v1/channel
     * @param {(method, params) => any} serve  answers the service's requests
     * @param {() => Promise<boolean>} isLoggedIn  asked when a channel was refused; a browser does not say why
     */
    constructor(url, serve, isLoggedIn) {
        this.#url = url;
        this.#serve = serve;
        this.#isLoggedIn = isLoggedIn;
    }

    get state() { return this.#state; }
    get online() { return this.#state === 'online'; }
    /** ms since it was lost; 0 while on line or not wanted. */
    get lostFor() { return this.#lostAt ? Date.now() - this.#lostAt : 0; }

    /** Opens it and keeps it open. */
    open() {
        if (this.#state === 'connecting' || this.#state === 'online') return;
        this.#tries = 0;
        this.#connect();
    }

    close() {
        this.#drop();
        this.#become('closed');
    }

    /** In a call the pauses are short: the room waits some seconds only. */
    hurry(inCall) {
        if (this.#hurried === inCall) return;
        this.#hurried = inCall;
        if (inCall) this.look();
        else if (this.online) this.#beat();
    }

    /**
     * The network or the page came back: try at once, or see whether the channel still lives.
     * @param {{urgent?: boolean}} how  urgent: there is a sign that it does not, and somebody waits
     */
    look({ urgent = false } = {}) {
        if (this.#state === 'waiting') this.#connect();
        else if (this.online) this.#probe(urgent ? pingLimit.urgent : pingLimit.usual);
    }

    /** @returns {Promise<any>} as RpcPeer.call */
    call(method, params, seconds) {
        if (!this.online) return Promise.reject(networkFault('off line'));
        return this.#peer.call(method, params, seconds);
    }

    notify(method, params) {
        if (this.online) this.#peer.notify(method, params);
    }

    // ---- one connection

    #connect() {
        this.#drop();
        this.#become('connecting');
        const socket = new WebSocket(this.#url, subprotocol);
        const mine = (handle) => (event) => { if (this.#socket === socket) handle(event); };
        this.#socket = socket;
        this.#peer = new RpcPeer({
            send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text); },
            serve: (method, params) => this.#serve(method, params),
            hear: (method, params) => this.heard.tell(method, params),
            broken: (why) => { console.warn('channel:', why); this.#lost(0); },
        });
        socket.onopen = mine(() => this.#opened());
        socket.onmessage = mine((event) => this.#peer.receive(event.data));
        socket.onclose = mine((event) => this.#lost(event.code));
        this.#alarm = setTimeout(() => this.#lost(0), openLimit);
    }

    #opened() {
        clearTimeout(this.#alarm);
        this.#tries = 0;
        this.#become('online');
        this.#beat();
    }

    /** The end of a connection, or of the attempt to make one. */
    #lost(codeOfClose) {
        const wasOnline = this.online;
        this.#drop();
        if (codeOfClose === closeCode.tokenOver) return this.#become('refused');
        if (codeOfClose === closeCode.replaced) return this.#become('replaced');
        this.#become('waiting');
        this.#plan();
        if (!wasOnline) this.#askWhy();
    }

    #plan() {
        const limits = this.#hurried ? patience.call : patience.quiet;
        this.#alarm = setTimeout(() => this.#connect(), delayOf(this.#tries++, limits));
    }

    async #askWhy() {
        let loggedIn;
        try {
            loggedIn = await this.#isLoggedIn();
        } catch {
            return;  // out of reach altogether: the next try is planned
        }
        if (loggedIn || !['waiting', 'connecting'].includes(this.#state)) return;
        this.#drop();
        this.#become('refused');
    }

    #drop() {
        clearTimeout(this.#alarm);
        clearTimeout(this.#pulse);
        const socket = this.#socket;
        this.#socket = null;
        this.#peer?.close();
        this.#peer = null;
        if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
    }

    #become(state) {
        if (this.#state === state) return;
        if (state === 'online' || state === 'closed') this.#lostAt = 0;
        else this.#lostAt ||= Date.now();
        this.#state = state;
        this.changed.tell(state);
    }

    // ---- is it alive? A page does not see the service's pings.

    #beat() {
        clearTimeout(this.#pulse);
        this.#pulse = setTimeout(() => this.#probe(), this.#hurried ? pingPause.call : pingPause.quiet);
    }

    async #probe(limit = pingLimit.usual) {
        clearTimeout(this.#pulse);
        const peer = this.#peer;
        try {
            await peer.call('channel.ping', {}, limit);
        } catch (error) {
            // A refusal is a sign of life too: only silence is death.
            if (this.#peer === peer && error.code === 1002) return this.#lost(0);
        }
        if (this.#peer === peer && this.online) this.#beat();
    }
}
