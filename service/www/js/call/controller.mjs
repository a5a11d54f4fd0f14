// Performs what the state machine of the call decides: asks the service, holds the media, keeps what a reload
// needs. No decision about a call is made here.

import { Emitter } from '../lib/emitter.mjs';
import { MediaLink } from '../media/link.mjs';
import { eventOf, iceServersOf, incomingOf, joinedOf, resumedOf, signalOf } from '../wire/check.mjs';
import { Fault, code } from '../wire/fault.mjs';
import * as http from '../wire/http.mjs';
import { unknownMethod } from '../wire/rpc.mjs';
import { placeCall } from './dial.mjs';
import { Doors } from './doors.mjs';
import { idle, isLive, reduce, restoredOf, savedOf, wantsMedia } from './state.mjs';

const dialLimit = 20_000;           // ms that a dial may wait for the service
const serversStayFresh = 5 * 60_000;
const pulse = 1000;

export class CallController {
    /** Told () at each change of the call, its media or its doors. */
    changed = new Emitter();
    /** Told (call) when a call is over: a line of the history. */
    recorded = new Emitter();

    #channel;
    #tabs;
    #kept;
    #user;
    #state = idle();
    #link = null;
    #doors = new Doors();
    #servers = { at: 0, list: [] };
    #owed = [];             // hang-ups that could not be told yet
    #offlineSince = Date.now();
    #release = () => {};    // gives the call's lock back

    /**
     * @param {{channel, tabs, kept, user: () => {openId, name}}} parts  kept: sessionStorage of this window
     */
    constructor({ channel, tabs, kept, user }) {
        this.#channel = channel;
        this.#tabs = tabs;
        this.#kept = kept;
        this.#user = user;
        channel.changed.listen(() => this.#channelChanged());
        channel.heard.listen((method, params) => this.#hear(method, params));
        tabs.heard.listen((what, roomId) => this.#reduce({ type: 'elsewhere', what, roomId }));
        setInterval(() => this.#tick(), pulse);
    }

    get state() { return this.#state; }
    get link() { return this.#link; }
    doors() { return this.#doors.list(Date.now()); }

    // ---- what a person does

    dial(peer, roomType, camera) {
        if (isLive(this.#state)) return;
        this.#reduce({ type: 'dial', peer, roomType, camera, callId: crypto.randomUUID() });
    }

    answer(camera) { this.#reduce({ type: 'answer', camera }); }
    hangUp() { this.#reduce({ type: 'hangUp' }); }
    close() { this.#reduce({ type: 'close' }); }

    setCamera(on) {
        this.#reduce({ type: 'camera', on });
        if (on) this.#link?.capture.openCamera();
        else this.#link?.capture.closeCamera();
    }

    setMuted(muted) {
        this.#link?.capture.mute(muted);
        this.#save();
    }

    openDoor(name) {
        if (this.#doors.order(name, Date.now())) this.#signal({ type: 'relay', relay: name });
        this.changed.tell();
    }

    /** Takes up what an earlier load of this window left, unless another window has it. */
    async restore() {
        const kept = this.#kept.get();
        const saved = restoredOf(kept);
        if (!saved) return this.#kept.clear();
        const isOurs = await this.#keep(saved.roomId || saved.callId);
        if (!isOurs) return this.#kept.clear();
        const session = Number.isSafeInteger(kept.session) ? kept.session : 0;
        this.#makeLink({ session, reloaded: true });
        this.#link.capture.mute(kept.muted === true);
        this.#reduce({ type: 'restore', saved });
        if (this.#channel.online) this.#resume();
    }

    // ---- what the service says

    /** A request of the service. @returns the answer, or throws a Fault */
    serve(method, params) {
        if (method !== 'call.incoming') throw unknownMethod();
        const call = incomingOf(params);
        if (!call) throw new Fault(code.argument, 'the call is not understood');
        const { refuse } = this.#reduce({ type: 'incoming', call });
        if (refuse) throw new Fault(code.busy, 'in another call');
        return {};
    }

    #hear(method, params) {
        if (method === 'voip.event') {
            const event = eventOf(params);
            if (event) this.#reduce({ ...event, type: 'wire' });
        }
        const signal = method === 'room.signal' ? signalOf(params) : null;
        if (signal && signal.roomId === this.#state.roomId && this.#link) this.#signalled(signal.body);
    }

    #signalled(body) {
        const what = this.#link.receive(body);
        if (what.do === 'relays') this.#doors.offer(what.names);
        if (what.do === 'relay') this.#doors.answered(what, Date.now());
        if (what.do === 'offer') this.#save();
        this.changed.tell();
    }

    #channelChanged() {
        if (!this.#channel.online) {
            this.#offlineSince ||= Date.now();
            return this.changed.tell();
        }
        this.#offlineSince = 0;
        this.#settle();
        this.#resume();
        this.changed.tell();
    }

    async #resume() {
        const { phase, roomId, callId } = this.#state;
        if (phase === 'dialling') return this.#dial();
        if (!isLive(this.#state)) return;
        try {
            const resumed = resumedOf(await this.#channel.call('room.resume', { roomId, callId }));
            if (!resumed) return;
            this.#reduce({ type: 'resumed', roomId, ...resumed });
            this.#link?.repeat();
            this.#askForDoors();
        } catch (fault) {
            if (fault.code === code.roomWrong) this.#reduce({ type: 'lost', roomId });
        }
    }

    #tick() {
        if (this.#offlineSince) {
            const seconds = (Date.now() - this.#offlineSince) / 1000;
            this.#reduce({ type: 'offline', seconds, flowing: this.#link?.status === 'flowing' });
        }
        const waited = Date.now() - this.#state.started;
        if (this.#state.phase === 'dialling' && waited > dialLimit)
            this.#reduce({ type: 'refused', callId: this.#state.callId, code: code.network, errMsg: '' });
        if (isLive(this.#state)) this.changed.tell();
    }

    // ---- the machine and its effects

    #reduce(event) {
        const before = this.#state;
        const outcome = reduce(before, { now: Date.now(), ...event });
        this.#state = outcome.state;
        if (before !== this.#state) this.#follow(before);
        for (const effect of outcome.effects) this.#perform[effect.do](effect);
        if (before !== this.#state) this.changed.tell();
        return outcome;
    }

    #perform = {
        dial: () => this.#dial(),
        join: (effect) => this.#join(effect),
        hangUp: ({ roomId, reason, errMsg }) => this.#hangUp({ roomId, reason, ...(errMsg ? { errMsg } : {}) }),
        record: ({ call }) => this.recorded.tell(call),
        tellTabs: ({ what, roomId }) => this.#tabs.tell(what, roomId),
    };

    /** Media, lock and storage follow the state. */
    #follow(before) {
        const now = this.#state;
        const isOwn = isLive(now) && now.phase !== 'alerting';
        if (isOwn && !this.#link) this.#makeLink();
        if (isOwn && !(isLive(before) && before.phase !== 'alerting')) {
            this.#link.capture.openMicrophone();
            if (now.camera) this.#link.capture.openCamera();
            this.#keep(now.roomId || now.callId);
        }
        if (wantsMedia(now) && !wantsMedia(before)) {
            this.#link.start();
            this.#askForDoors();
        }
        if (!isOwn) this.#letGo();
        this.#channel.hurry(isLive(now));
        this.#save();
    }

    #makeLink(from) {
        this.#doors = new Doors();
        this.#servers = { at: 0, list: [] };
        this.#link = new MediaLink({
            send: (body) => this.#signal(body),
            iceServers: () => this.#iceServers(),
            online: () => this.#channel.online,
            doubt: () => this.#channel.look({ urgent: true }),
        }, from);
        this.#link.changed.listen(() => this.changed.tell());
    }

    #letGo() {
        this.#link?.close();
        this.#link = null;
        this.#release();
        this.#release = () => {};
    }

    #keep(id) {
        const over = new Promise((resolve) => { this.#release = resolve; });
        return this.#tabs.keep(id, over);
    }

    #save() {
        const saved = savedOf(this.#state);
        if (!saved) return this.#kept.clear();
        const { session = 0, capture } = this.#link ?? {};
        this.#kept.set({ ...saved, session, muted: capture?.muted ?? false });
    }

    // ---- requests

    async #dial() {
        const { phase, callId, peer, roomType, camera } = this.#state;
        if (phase !== 'dialling' || !this.#channel.online) return;  // it is asked when the channel is there
        const call = { callId, peer, roomType, camera, user: this.#user() };
        try {
            const roomId = await placeCall((method, params) => this.#channel.call(method, params), call);
            this.#reduce({ type: 'dialled', roomId, callId });
        } catch (fault) {
            if (fault.code === code.network && !this.#channel.online) return;
            this.#reduce({ type: 'refused', callId, code: fault.code, errMsg: fault.message });
        }
    }

    async #join({ roomId, camera }) {
        try {
            const params = { roomId, cameraStatus: camera ? 0 : 1 };
            const joined = joinedOf(await this.#channel.call('room.join', params));
            if (!joined) throw new Fault(code.badAnswer, 'the answer to room.join is not understood');
            this.#servers = { at: Date.now(), list: joined.iceServers };
            this.#reduce({ type: 'joined', roomId, phase: joined.phase });
        } catch (fault) {
            if (fault.code === code.network) return;  // asked again with room.resume
            this.#reduce({ type: 'joinFailed', roomId, code: fault.code, errMsg: fault.message });
        }
    }

    async #hangUp(order) {
        try {
            await this.#channel.call('room.hangUp', order);
        } catch (fault) {
            if (fault.code !== code.network) return;  // over already
            this.#owed.push(order);
            if (this.#owed.length > 8) this.#owed.shift();
            http.rpc('room.hangUp', order, { keepalive: true }).then(() => this.#paid(order), () => {});
        }
    }

    #paid(order) {
        this.#owed = this.#owed.filter((one) => one !== order);
    }

    /** Hang-ups that the service has not heard yet. */
    #settle() {
        for (const order of this.#owed.splice(0)) this.#hangUp(order);
    }

    async #iceServers() {
        if (Date.now() - this.#servers.at < serversStayFresh) return this.#servers.list;
        try {
            const result = await this.#channel.call('room.iceServers', { roomId: this.#state.roomId });
            this.#servers = { at: Date.now(), list: iceServersOf(result) };
        } catch (fault) {
            console.warn('ICE servers not renewed:', fault.message);
        }
        return this.#servers.list;
    }

    #signal(body) {
        if (this.#state.roomId) this.#channel.notify('room.signal', { roomId: this.#state.roomId, body });
    }

    #askForDoors() {
        if (wantsMedia(this.#state)) this.#signal({ type: 'want-relays' });
    }
}
