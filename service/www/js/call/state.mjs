// The one call of a page. Pure: a state and an event in, a state and effects out. The shell (controller.mjs)
// performs the effects; what rings, what is shown and what is saved is read off the state.
//
//   idle -> dialling -> ringing -> joining -> talking -> ended     we call a device
//   idle -> alerting -> joining -> talking -> ended                a device calls us
//
// `ended` is shown until it is closed or another call begins.

const idleState = Object.freeze({ phase: 'idle' });
const livePhases = ['dialling', 'ringing', 'alerting', 'joining', 'talking'];
const mostEarly = 16;

/** Events that end a call. @source protocol/README.md, "Who is told what" */
const endings = new Set([
    'cancelVoip', 'rejectVoip', 'busy', 'timeout', 'hangUpVoip', 'abortVoip', 'joinFailCaller',
    'joinFailListener', 'endVoip', 'finishVoip',
]);

export const idle = () => idleState;
export const isLive = (state) => livePhases.includes(state.phase);
/** Both sides are in, or coming in: sound and picture belong to it. */
export const wantsMedia = (state) => state.phase === 'joining' || state.phase === 'talking';
/** The member answered or dialled: its channel speaks for the room. */
const hasJoined = (state) => wantsMedia(state) || state.phase === 'ringing';

const same = (state) => ({ state, effects: [] });
const go = (state, ...effects) => ({ state, effects });

/**
 * @returns {{state, effects: Array<{do: string}>, refuse?: boolean}}  `refuse`: answer call.incoming with 1005
 */
export function reduce(state, event) {
    return Object.hasOwn(handlers, event.type) ? handlers[event.type](state, event) : same(state);
}

const handlers = {
    /** call.incoming; a repeated one is acknowledged again */
    incoming(state, { call, now }) {
        if (isLive(state)) return state.roomId === call.roomId ? same(state) : { ...same(state), refuse: true };
        return go({
            phase: 'alerting', direction: 'incoming', roomId: call.roomId, callId: call.callId,
            roomType: call.roomType, peer: { sn: call.caller.id, name: call.caller.name || call.caller.id },
            peerCamera: call.caller.camera, camera: false, mayShow: call.listener.camera, started: now,
            answered: 0, since: 0, end: null,
        });
    },

    answer(state, { camera, now }) {
        if (state.phase !== 'alerting') return same(state);
        return go({ ...state, phase: 'joining', camera: camera && state.roomType === 'video', answered: now },
            { do: 'tellTabs', what: 'answered', roomId: state.roomId }, join({ ...state, camera }));
    },

    dial(state, { peer, roomType, camera, callId, now }) {
        if (isLive(state)) return same(state);
        const next = {
            phase: 'dialling', direction: 'outgoing', roomId: '', callId, roomType, peer, peerCamera: true,
            camera: camera && roomType === 'video', mayShow: true, started: now, answered: 0, since: 0,
            end: null, early: [],
        };
        return go(next, { do: 'dial' });
    },

    /** The answer to our dial; also a late one, to a call that was given up meanwhile */
    dialled(state, { roomId, callId, now }) {
        if (state.callId !== callId) return go(state, hangUp(roomId));
        if (state.phase === 'ended') return go(state, hangUp(roomId));
        if (state.phase !== 'dialling') return same(state);
        const { early, ...known } = state;
        const first = { ...known, phase: 'ringing', roomId };
        return early.reduce((sum, event) => {
            const next = reduce(sum.state, { ...event, now });
            return go(next.state, ...sum.effects, ...next.effects);
        }, go(first, join(first)));
    },

    /** The dial was refused, or could not be asked */
    refused(state, { callId, code, errMsg, now }) {
        if (state.phase !== 'dialling' || state.callId !== callId) return same(state);
        return end(state, { eventName: 'refused', errCode: code, errMsg }, now);
    },

    /** The answer to room.join */
    joined(state, { roomId, phase, now }) {
        if (state.roomId !== roomId || !hasJoined(state)) return same(state);
        if (phase !== 'talking' || state.phase === 'talking') return same(state);
        return go({ ...state, phase: 'talking', answered: state.answered || now, since: state.since || now });
    },

    joinFailed(state, { roomId, code, errMsg, now }) {
        if (state.roomId !== roomId || !hasJoined(state)) return same(state);
        if (code === 1) return end(state, { eventName: 'lost' }, now);
        const ended = end(state, { eventName: 'refused', errCode: code, errMsg }, now);
        return go(ended.state, ...ended.effects, hangUp(roomId, 'abort', errMsg));
    },

    /** A red button: refuses, cancels or hangs up, by phase */
    hangUp(state, { now, reason = 'manual' }) {
        if (!isLive(state)) return same(state);
        const ended = end(state, ownEnd(state, reason), now);
        const telling = state.phase === 'alerting'
            ? [{ do: 'tellTabs', what: 'declined', roomId: state.roomId }] : [];
        const asking = state.roomId ? [hangUp(state.roomId, reason)] : [];
        return go(ended.state, ...ended.effects, ...telling, ...asking);
    },

    /** voip.event */
    wire(state, event) {
        if (state.phase === 'dialling' && state.early.length < mostEarly)
            return same({ ...state, early: [...state.early, event] });
        if (!isLive(state) || state.roomId !== event.roomId) return same(state);
        if (endings.has(event.eventName)) return end(state, event, event.now, event.keepTime);
        if (event.eventName === 'hangOnVoip' && state.phase === 'ringing')
            return go({ ...state, phase: 'joining', answered: event.now });
        if (event.eventName !== 'calling' || state.phase === 'alerting') return same(state);
        return go({
            ...state, phase: 'talking', answered: state.answered || event.now, since: state.since || event.now,
        });
    },

    /** The answer to room.resume after a reload or a lost channel; joining again does no harm */
    resumed(state, { roomId, phase, keepTime, now }) {
        if (state.roomId !== roomId || !isLive(state) || state.phase === 'alerting') return same(state);
        if (phase === 'talking') {
            const since = now - keepTime * 1000;
            return go({ ...state, phase: 'talking', answered: state.answered || since, since }, join(state));
        }
        return go(phase === 'joining' ? { ...state, phase: 'joining' } : state, join(state));
    },

    /** The service does not know our room any more */
    lost(state, { roomId, now }) {
        return isLive(state) && state.roomId === roomId ? end(state, { eventName: 'lost' }, now) : same(state);
    },

    /**
     * Without a channel for so long: before talking the service ends the room in some seconds; a talk goes on
     * as long as its media do.
     */
    offline(state, { seconds, flowing, now }) {
        const patience = state.phase === 'talking' ? 90 : 20;
        if (!isLive(state) || state.phase === 'dialling' || seconds < patience) return same(state);
        if (state.phase === 'talking' && flowing) return same(state);
        return end(state, { eventName: 'lost' }, now);
    },

    /** Another window of this browser took or refused the call that rings here */
    elsewhere(state, { roomId, what, now }) {
        if (state.phase !== 'alerting' || state.roomId !== roomId) return same(state);
        const { state: next } = end(state, { eventName: `${what}Elsewhere` }, now);
        return go(next);  // that window writes the history
    },

    /** What we send, changed by hand */
    camera(state, { on }) {
        return isLive(state) && state.phase !== 'alerting' ? go({ ...state, camera: on }) : same(state);
    },

    /** A call that an earlier load of this page left */
    restore(state, { saved }) {
        return state.phase === 'idle' ? go(saved, ...(saved.roomId ? [] : [{ do: 'dial' }])) : same(state);
    },

    close(state) {
        return state.phase === 'ended' ? go(idleState) : same(state);
    },
};

function join(state) {
    return { do: 'join', roomId: state.roomId, camera: state.camera };
}

function hangUp(roomId, reason = 'manual', errMsg = '') {
    return { do: 'hangUp', roomId, reason, errMsg };
}

/** What an end by our own hand is called. */
function ownEnd(state, reason) {
    const caller = state.direction === 'outgoing';
    if (state.phase === 'alerting') return { eventName: 'rejectVoip', status: reason };
    if (caller && state.phase !== 'talking') return { eventName: 'cancelVoip', status: reason };
    return { eventName: 'hangUpVoip', status: caller ? 'endByCaller' : 'endByListener', origin: reason };
}

function end(state, { eventName, status = '', origin = '', errCode = 0, errMsg = '' }, now, keepTime = 0) {
    const measured = state.since ? Math.max(0, Math.floor((now - state.since) / 1000)) : 0;
    const { early, ...rest } = state;
    const ended = {
        ...rest, phase: 'ended', ended: now, keepTime: keepTime || measured,
        end: { eventName, status, origin, errCode, errMsg },
    };
    return go(ended, { do: 'record', call: recordOf(ended) });
}

/** One line of the history. */
function recordOf({ roomId, callId, peer, direction, roomType, started, answered, ended, keepTime, end: how }) {
    return { id: roomId || callId, peer, direction, roomType, started, answered, ended, keepTime, end: how };
}

/** What a reload needs to take the call up again; null: nothing. */
export function savedOf(state) {
    if (!isLive(state) || state.phase === 'alerting') return null;  // a ringing phone is rung anew
    return state;
}

/** A saved call, judged: storage is foreign input too. */
export function restoredOf(value) {
    if (value === null || typeof value !== 'object' || !livePhases.includes(value.phase)) return null;
    const texts = [value.roomId, value.callId, value.peer?.sn, value.peer?.name];
    const isWhole = texts.every((text) => typeof text === 'string')
        && ['voice', 'video'].includes(value.roomType) && ['incoming', 'outgoing'].includes(value.direction)
        && [value.started, value.answered, value.since].every(Number.isFinite);
    if (!isWhole || (value.phase === 'dialling') !== (value.roomId === '')) return null;
    return { ...value, end: null, ...(value.phase === 'dialling' ? { early: [] } : {}) };
}

/** What sounds: 'alerting', 'ringBack' or 'none'. */
export function toneOf(state) {
    if (state.phase === 'alerting') return 'alerting';
    return state.phase === 'ringing' ? 'ringBack' : 'none';
}
