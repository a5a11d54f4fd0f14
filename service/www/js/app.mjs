// The composition root's object: owns the channel, the call and what the views show; the views ask it to act.

import { Attention } from './call/attention.mjs';
import { CallController } from './call/controller.mjs';
import { callsOf, withCall } from './call/history.mjs';
import { isMissed } from './call/ends.mjs';
import { Ringing } from './call/ringing.mjs';
import { isLive } from './call/state.mjs';
import { Tabs } from './call/tabs.mjs';
import { delayOf } from './lib/backoff.mjs';
import { Emitter } from './lib/emitter.mjs';
import { local, session } from './lib/keep.mjs';
import { Awake } from './media/awake.mjs';
import { Tones } from './media/tones.mjs';
import { pairingOf } from './pair/content.mjs';
import { languageOf, setLanguage } from './text/text.mjs';
import { Channel } from './wire/channel.mjs';
import { code } from './wire/fault.mjs';
import * as http from './wire/http.mjs';

const bootPatience = { base: 400, cap: 2000 };
/** ms: a channel that is back sooner is not worth a word. */
export const lossShownAfter = 2000;
const listPause = 15_000;  // ms between two looks at who is on line

export class App {
    /** Told () whenever something that is shown may have changed. */
    changed = new Emitter();
    /** Told () when everything must be drawn anew: another language, another person. */
    redraw = new Emitter();

    user = null;
    /** How one can log in from here: {names, known, newNames} */
    ways = { names: false, known: [], newNames: false };
    /** 'loading', 'unreachable', 'login' or 'home' */
    screen = 'loading';
    wasLoggedOut = false;
    devices = { list: [], state: 'loading' };
    /** A pairing code that came with the page's link: {sn, modelId, snTicket} */
    offered = null;

    tones = new Tones();
    #tabs = new Tabs();
    #awake = new Awake();
    #attention = new Attention();
    #ringing = new Ringing(this.tones, this.#tabs);
    #settings = local('voip.settings');
    #history = null;
    #listAlarm = 0;
    #tries = 0;

    constructor() {
        const url = new URL('v1/channel', document.baseURI);
        url.protocol = 'wss:';
        this.channel = new Channel(url.href, (method, params) => this.calls.serve(method, params), () => this.#isLoggedIn());
        this.calls = new CallController({
            channel: this.channel, tabs: this.#tabs, kept: session('voip.call'), user: () => this.user,
        });
        this.channel.changed.listen((state) => this.#channelChanged(state));
        this.calls.changed.listen(() => this.#callChanged());
        this.calls.recorded.listen((call) => this.#record(call));
        this.tones.changed.listen(() => this.changed.tell());
        setLanguage(languageOf(navigator.languages, this.setting('language')));
    }

    async start() {
        this.#takeLink();
        this.#listen();
        await this.#boot();
    }

    // ---- logging in and out

    async logIn(proof) {
        const user = await http.logIn(proof);
        this.#enter(user);
    }

    async logOut() {
        this.calls.hangUp();
        await http.logOut();
        this.wasLoggedOut = false;
        this.#leave();
    }

    async retry() {
        this.#tries = 0;
        await this.#boot();
    }

    async #boot() {
        try {
            const found = await http.currentSession();
            this.ways = found;
            if (found.user) this.#enter(found.user);
            else this.#leave();
        } catch (fault) {
            console.warn('no session:', fault.message);
            this.#show(this.#tries++ > 0 ? 'unreachable' : this.screen);
            setTimeout(() => this.#boot(), delayOf(this.#tries, bootPatience));
        }
    }

    async #enter(user) {
        const changed = this.user?.openId !== user.openId;
        this.user = user;
        if (changed) this.#history = local(`voip.calls.${user.openId}`);
        this.wasLoggedOut = false;
        await this.calls.restore();
        this.channel.open();
        this.#show('home');
        this.loadDevices();
    }

    async #leave() {
        this.channel.close();
        this.user = null;
        this.devices = { list: [], state: 'loading' };
        clearTimeout(this.#listAlarm);
        this.#show('login');
    }

    async #isLoggedIn() {
        const found = await http.currentSession();
        this.ways = found;
        return found.user !== null;
    }

    #show(screen) {
        const redraw = this.screen !== screen;
        this.screen = screen;
        if (redraw) this.redraw.tell();
        else this.changed.tell();
    }

    // ---- devices

    async loadDevices() {
        clearTimeout(this.#listAlarm);
        if (!this.user) return;
        try {
            this.devices = { list: await http.devices(), state: 'ready' };
        } catch (fault) {
            if (fault.code === code.tokenUnknown) return this.#loggedOut();
            this.devices = { ...this.devices, state: this.devices.state === 'ready' ? 'ready' : 'failed' };
        }
        this.changed.tell();
        this.#listAlarm = setTimeout(() => this.#lookAgain(), listPause);
    }

    #lookAgain() {
        if (document.visibilityState === 'visible') return this.loadDevices();
        this.#listAlarm = setTimeout(() => this.#lookAgain(), listPause);
    }

    async authorise(pairing, deviceName) {
        await http.authorise({ ...pairing, ...(deviceName ? { deviceName } : {}) });
        await this.loadDevices();
    }

    /** The device of a line of the history, as it is now. */
    peerOf({ sn, name }) {
        return this.devices.list.find((device) => device.sn === sn) ?? { sn, name, modelId: '' };
    }

    // ---- history and settings

    get history() { return callsOf(this.#history?.get()); }
    get missed() {
        const seen = this.setting('historySeen') ?? 0;
        return this.history.filter((call) => call.ended > seen && isMissed(call)).length;
    }

    #record(call) {
        this.#history?.set(withCall(this.history, call));
    }

    historySeen() { this.set('historySeen', Date.now()); }
    clearHistory() {
        this.#history?.clear();
        this.changed.tell();
    }

    setting(name) { return this.#settings.get()?.[name] ?? null; }
    set(name, value) {
        this.#settings.set({ ...this.#settings.get(), [name]: value });
        this.changed.tell();
    }

    chooseLanguage(language) {
        this.set('language', language);
        setLanguage(languageOf(navigator.languages, language));
        this.redraw.tell();
    }

    // ---- what happens around

    #listen() {
        for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, () => this.tones.unlock(), { capture: true });
        addEventListener('online', () => this.channel.look());
        addEventListener('hashchange', () => { if (this.#takeLink()) this.redraw.tell(); });
        addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
        addEventListener('storage', () => this.changed.tell());  // another window wrote the history
        document.addEventListener('visibilitychange', () => {
            if (document.visibilityState !== 'visible') return;
            this.channel.look();
            if (this.screen === 'home') this.loadDevices();
        });
    }

    /** A pairing code behind the link's '#': taken off the address, which others may see. */
    #takeLink() {
        const pairing = pairingOf(location.hash);
        if (!pairing) return false;
        this.offered = pairing;
        history.replaceState(null, '', location.pathname + location.search);
        return true;
    }

    #channelChanged(state) {
        if (state === 'refused') return this.#loggedOut();
        if (state === 'online' && this.screen === 'home') this.loadDevices();
        if (state !== 'online') setTimeout(() => this.changed.tell(), lossShownAfter + 50);
        this.changed.tell();
    }

    #loggedOut() {
        this.wasLoggedOut = true;
        this.#leave();
    }

    #callChanged() {
        const state = this.calls.state;
        this.#ringing.follow(state);
        this.#awake.want(isLive(state) && state.phase !== 'alerting');
        this.#attention.ring(state.phase === 'alerting' ? state.peer.name : '', this.setting('notify') === true);
        this.changed.tell();
    }
}
