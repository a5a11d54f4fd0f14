// The state machine of a page's call.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { idle, isLive, reduce, restoredOf, savedOf, toneOf, wantsMedia } from '../../../service/www/js/call/state.mjs';

const door = { sn: 'SN-1', name: 'Front door', modelId: 'm' };
const call = {
    roomId: 'r1', callId: 'c1', roomType: 'video', businessType: 1, caller: { id: 'SN-1', name: 'Front door', camera: true },
    listener: { id: 'o1', name: 'anna', camera: true },
};

/** Plays events one after the other; gives the last state and all effects. */
function play(events, state = idle()) {
    const effects = [];
    for (const event of events) {
        const outcome = reduce(state, { now: 1000, ...event });
        state = outcome.state;
        effects.push(...outcome.effects);
    }
    return { state, effects, did: effects.map((effect) => effect.do) };
}

const incoming = { type: 'incoming', call };
const answer = { type: 'answer', camera: true };
const dial = { type: 'dial', peer: door, roomType: 'video', camera: false, callId: 'c1' };
const dialled = { type: 'dialled', roomId: 'r1', callId: 'c1' };
const wire = (eventName, more = {}) => ({
    type: 'wire', eventName, roomId: 'r1', status: '', origin: '', errMsg: '', errCode: 0, keepTime: 0, ...more,
});
const toTalk = [incoming, answer, wire('hangOnVoip'), wire('calling')];

describe('call', () => {
    it('comes in, is answered with camera, talked and hung up there: one record of 7 s', () => {
        const { state, effects, did } = play([...toTalk, wire('hangUpVoip', { status: 'endByCaller', origin: 'other', keepTime: 7 }),
            wire('endVoip', { keepTime: 7 }), wire('finishVoip', { keepTime: 7 })]);
        assert.equal(state.phase, 'ended');
        assert.deepEqual(did, ['tellTabs', 'join', 'record']);
        assert.deepEqual(effects[1], { do: 'join', roomId: 'r1', camera: true });
        const record = effects[2].call;
        assert.equal(record.keepTime, 7);
        assert.deepEqual(record.peer, { sn: 'SN-1', name: 'Front door' });
        assert.equal(record.end.eventName, 'hangUpVoip');
    });

    it('goes out: dial, join at once, talking when the device answers', () => {
        const ringing = play([dial, dialled]);
        assert.equal(ringing.state.phase, 'ringing');
        assert.deepEqual(ringing.did, ['dial', 'join']);
        const answered = play([wire('hangOnVoip')], ringing.state);
        assert.equal(answered.state.phase, 'joining');
        const talking = play([wire('calling', { now: 5000 })], answered.state);
        assert.equal(talking.state.phase, 'talking');
        assert.equal(talking.state.since, 5000);
    });

    it('takes events that overtake the answer to the dial, 16 at most', () => {
        const { state, did } = play([dial, wire('startVoip'), wire('busy'), dialled]);
        assert.equal(state.phase, 'ended');
        assert.equal(state.end.eventName, 'busy');
        assert.deepEqual(did, ['dial', 'join', 'record']);
        const many = play([dial, ...Array(40).fill(wire('startVoip'))]);
        assert.equal(many.state.early.length, 16);
    });

    it('given up before its room is known is hung up as soon as it is', () => {
        const { state, effects } = play([dial, { type: 'hangUp' }, dialled]);
        assert.equal(state.end.eventName, 'cancelVoip');
        assert.deepEqual(effects.at(-1), { do: 'hangUp', roomId: 'r1', reason: 'manual', errMsg: '' });
        const closed = play([dial, { type: 'hangUp' }, { type: 'close' }, dialled]);
        assert.equal(closed.state.phase, 'idle');
        assert.equal(closed.effects.at(-1).roomId, 'r1');
    });

    it('refused by the service ends with its code; the refusal of another dial changes nothing', () => {
        const refused = play([dial, { type: 'refused', callId: 'c1', code: 9, errMsg: 'no' }]);
        assert.deepEqual(refused.state.end, { eventName: 'refused', status: '', origin: '', errCode: 9, errMsg: 'no' });
        assert.equal(play([dial, { type: 'refused', callId: 'c0', code: 9 }]).state.phase, 'dialling');
    });

    it('of another one is refused with 1005 in each of the 5 live phases, the same one is acknowledged again', () => {
        const lives = [[dial], [dial, dialled], [incoming], [incoming, answer], toTalk];
        for (const events of lives) {
            const { state } = play(events);
            const other = reduce(state, { type: 'incoming', call: { ...call, roomId: 'r2', callId: 'c2' }, now: 1 });
            assert.equal(other.refuse, true);
            assert.equal(other.state, state);
            if (state.phase === 'dialling') continue;
            assert.equal(reduce(state, { ...incoming, now: 1 }).refuse, undefined);
        }
        assert.equal(play([...toTalk, { type: 'hangUp' }, { ...incoming, call: { ...call, roomId: 'r2' } }]).state.phase, 'alerting');
    });

    it('is declined, cancelled or hung up by its phase', () => {
        const ends = [[[incoming], 'rejectVoip', ''], [[dial, dialled], 'cancelVoip', ''], [toTalk, 'hangUpVoip', 'manual'],
            [[incoming, answer], 'hangUpVoip', 'manual']];
        for (const [events, eventName, origin] of ends) {
            const { state, did } = play([...events, { type: 'hangUp' }]);
            assert.equal(state.end.eventName, eventName);
            assert.equal(state.end.origin, origin);
            assert.equal(did.filter((one) => one === 'hangUp').length, 1);
            assert.equal(did.filter((one) => one === 'record').length, 1);
        }
    });

    it('ignores what belongs to other rooms', () => {
        const { state } = play(toTalk);
        for (const event of [wire('hangUpVoip', { roomId: 'r9' }), { type: 'lost', roomId: 'r9' }, { type: 'joined', roomId: 'r9', phase: 'talking' },
            { type: 'joinFailed', roomId: 'r9', code: 1 }, { type: 'resumed', roomId: 'r9', phase: 'talking', keepTime: 3 },
            { type: 'elsewhere', roomId: 'r9', what: 'answered' }])
            assert.equal(reduce(state, { ...event, now: 1 }).state, state);
    });

    it('answered in another window stops ringing here, without a record', () => {
        const { state, did } = play([incoming, { type: 'elsewhere', roomId: 'r1', what: 'answered' }]);
        assert.equal(state.end.eventName, 'answeredElsewhere');
        assert.deepEqual(did, []);
    });

    it('resumed after 42 s of talk shows 42 s and joins again; before talking it goes on where the room is', () => {
        const { state, did } = play([...toTalk, { type: 'resumed', roomId: 'r1', phase: 'talking', keepTime: 42, now: 100_000 }]);
        assert.equal(state.since, 58_000);
        assert.equal(did.at(-1), 'join');
        assert.equal(play([dial, dialled, { type: 'resumed', roomId: 'r1', phase: 'joining', keepTime: 0 }]).state.phase, 'joining');
        assert.equal(play([incoming, { type: 'resumed', roomId: 'r1', phase: 'ringing', keepTime: 0 }]).state.phase, 'alerting');
    });

    it('whose room is unknown after a reconnect is lost', () => {
        assert.equal(play([...toTalk, { type: 'lost', roomId: 'r1' }]).state.end.eventName, 'lost');
        assert.equal(play([incoming, answer, { type: 'joinFailed', roomId: 'r1', code: 1 }]).state.end.eventName, 'lost');
    });

    it('that cannot be joined is given up with abort and the code', () => {
        const { state, effects } = play([incoming, answer, { type: 'joinFailed', roomId: 'r1', code: 2104, errMsg: 'no' }]);
        assert.equal(state.end.errCode, 2104);
        assert.deepEqual(effects.at(-1), { do: 'hangUp', roomId: 'r1', reason: 'abort', errMsg: 'no' });
    });

    it('off line for 20 s is lost before talking; a talk is after 90 s, and only when nothing flows', () => {
        const offline = (seconds, flowing = false) => ({ type: 'offline', seconds, flowing });
        assert.equal(play([incoming, offline(19)]).state.phase, 'alerting');
        assert.equal(play([incoming, offline(20)]).state.phase, 'ended');
        assert.equal(play([...toTalk, offline(89)]).state.phase, 'talking');
        assert.equal(play([...toTalk, offline(900, true)]).state.phase, 'talking');
        assert.equal(play([...toTalk, offline(90)]).state.phase, 'ended');
    });

    it('voice never has a camera', () => {
        const voice = { ...incoming, call: { ...call, roomType: 'voice' } };
        assert.equal(play([voice, answer]).state.camera, false);
        assert.equal(play([{ ...dial, roomType: 'voice', camera: true }]).state.camera, false);
    });

    it('survives a reload in the phases that are ours, and only whole ones', () => {
        for (const events of [[dial], [dial, dialled], [incoming, answer], toTalk]) {
            const { state } = play(events);
            const saved = restoredOf(JSON.parse(JSON.stringify(savedOf(state))));
            const { state: again, did } = play([{ type: 'restore', saved }]);
            assert.equal(again.phase, state.phase);
            assert.deepEqual(did, state.phase === 'dialling' ? ['dial'] : []);
        }
        assert.equal(savedOf(play([incoming]).state), null);
        assert.equal(savedOf(play([...toTalk, { type: 'hangUp' }]).state), null);
        const talk = play(toTalk).state;
        for (const bad of [null, 7, 'x', [], {}, { ...talk, roomId: '' }, { ...talk, peer: null }, { ...talk, phase: 'ended' },
            { ...talk, since: 'now' }, { ...talk, roomType: 'smell' }])
            assert.equal(restoredOf(bad), null);
    });

    it('sounds only while it rings, and has media only when both come in', () => {
        assert.equal(toneOf(idle()), 'none');
        assert.equal(toneOf(play([incoming]).state), 'alerting');
        assert.equal(toneOf(play([dial, dialled]).state), 'ringBack');
        assert.equal(toneOf(play(toTalk).state), 'none');
        assert.equal(wantsMedia(play([dial, dialled]).state), false);
        assert.equal(wantsMedia(play([incoming, answer]).state), true);
    });

    it('walks 20000 random steps: no event breaks it, every call is recorded at most once', () => {
        const random = seeded(7);
        const pick = (list) => list[Math.floor(random() * list.length)];
        const names = ['startVoip', 'hangOnVoip', 'calling', 'cancelVoip', 'rejectVoip', 'busy', 'timeout', 'hangUpVoip', 'abortVoip',
            'joinFailListener', 'endVoip', 'finishVoip', 'unheardOf'];
        const makers = [
            () => ({ ...incoming, call: { ...call, roomId: pick(['r1', 'r2']), callId: pick(['c1', 'c2']) } }), () => answer, () => dial,
            () => ({ ...dialled, callId: pick(['c1', 'c2']) }), () => wire(pick(names), { roomId: pick(['r1', 'r2']) }),
            () => ({ type: 'hangUp' }), () => ({ type: 'close' }), () => ({ type: 'lost', roomId: 'r1' }),
            () => ({ type: 'resumed', roomId: 'r1', phase: pick(['ringing', 'joining', 'talking']), keepTime: 3 }),
            () => ({ type: 'joined', roomId: 'r1', phase: pick(['joining', 'talking']) }),
            () => ({ type: 'joinFailed', roomId: 'r1', code: pick([1, 2104]) }), () => ({ type: 'refused', callId: 'c1', code: 9 }),
            () => ({ type: 'offline', seconds: pick([5, 30, 100]), flowing: pick([true, false]) }),
            () => ({ type: 'elsewhere', roomId: 'r1', what: 'answered' }), () => ({ type: 'camera', on: true }), () => ({ type: 'nonsense' }),
        ];
        let state = idle(), recorded = false;
        for (let step = 0; step < 20_000; ++step) {
            const before = state;
            const outcome = reduce(state, { now: step, ...pick(makers)() });
            state = outcome.state;
            const begins = isLive(state) && !isLive(before);
            if (begins) recorded = false;
            for (const effect of outcome.effects.filter((one) => one.do === 'record')) {
                assert.equal(recorded, false, `step ${step}: recorded twice`);
                assert.ok(effect.call.end && effect.call.id);
                recorded = true;
            }
            if (isLive(before) && !isLive(state)) assert.equal(state.phase, 'ended');
        }
    });
});

function seeded(seed) {
    let state = seed;
    return () => {
        state = (state * 1664525 + 1013904223) % 4294967296;
        return state / 4294967296;
    };
}
