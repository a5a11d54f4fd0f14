// Rules of the media: sessions, when to ask for one, numbers, tones, doors.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Doors } from '../../../service/www/js/call/doors.mjs';
import { troubleOf } from '../../../service/www/js/media/capture.mjs';
import { numbersOf, pictureText, qualityOf, readingOf } from '../../../service/www/js/media/numbers.mjs';
import { OfferWish, Sessions } from '../../../service/www/js/media/sessions.mjs';
import { toneSamples } from '../../../service/www/js/media/tones.mjs';

describe('sessions', () => {
    it('a higher one replaces, an equal or lower one is ignored', () => {
        const sessions = new Sessions();
        assert.equal(sessions.receive({ type: 'offer', session: 1, sdp: 'v=0' }).do, 'offer');
        assert.equal(sessions.receive({ type: 'offer', session: 1, sdp: 'v=0' }).do, 'ignore');
        assert.equal(sessions.receive({ type: 'offer', session: 3, sdp: 'v=0' }).do, 'offer');
        assert.equal(sessions.receive({ type: 'offer', session: 2, sdp: 'v=0' }).do, 'ignore');
        assert.equal(sessions.current, 3);
    });

    it('candidates count for the present session only; an empty one ends them', () => {
        const sessions = new Sessions();
        const candidate = { type: 'candidate', session: 1, candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
        assert.equal(sessions.receive(candidate).do, 'ignore');
        sessions.receive({ type: 'offer', session: 1, sdp: 'v=0' });
        assert.deepEqual(sessions.receive(candidate), { do: 'candidate', session: 1, candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 });
        assert.equal(sessions.receive({ ...candidate, session: 2 }).do, 'ignore');
        assert.equal(sessions.receive({ ...candidate, candidate: '' }).candidate, '');
    });

    it('after a reload those of before stay old', () => {
        const sessions = new Sessions(4);
        assert.equal(sessions.receive({ type: 'offer', session: 4, sdp: 'v=0' }).do, 'ignore');
        assert.equal(sessions.receive({ type: 'offer', session: 5, sdp: 'v=0' }).do, 'offer');
    });

    it('what is damaged is ignored', () => {
        const sessions = new Sessions();
        const bodies = [null, undefined, 7, [], {}, { type: 'offer' }, { type: 'offer', session: 0, sdp: 'v' }, { type: 'offer', session: 1.5, sdp: 'v' },
            { type: 'offer', session: 1, sdp: 'x'.repeat(40_000) }, { type: 'offer', session: '1', sdp: 'v' }, { type: 'candidate', session: 0, candidate: 'x' },
            { type: 'relay' }, { type: 'want-offer', session: 1 }, { type: 'constructor' }, { type: '__proto__' }];
        for (const body of bodies) assert.equal(sessions.receive(body).do, 'ignore', JSON.stringify(body));
        assert.equal(sessions.current, 0);
    });

    it('the device says what it sends and which way up, and which doors there are', () => {
        const sessions = new Sessions();
        assert.deepEqual(sessions.receive({ type: 'media', camera: false, microphone: true, rotation: -90 }), { do: 'media', camera: false, microphone: true, rotation: 270 });
        assert.equal(sessions.receive({ type: 'media', rotation: 45 }).rotation, 0);
        assert.deepEqual(sessions.receive({ type: 'relays', relays: ['door', 7, '', 'gate'] }).names, ['door', 'gate']);
        assert.deepEqual(sessions.receive({ type: 'relay', relay: 'door', seconds: 1e9 }), { do: 'relay', name: 'door', seconds: 600, code: 0 });
    });
});

describe('wish for an offer', () => {
    const times = (state, past, until, since = 0) => {
        const wish = new OfferWish(), asked = [];
        for (let now = 0; now <= until; now += 100) if (wish.due(state, since, past, now)) asked.push(now);
        return asked;
    };
    it('waits 6 s for the first, asks at once after a reload, then ever more slowly', () => {
        assert.deepEqual(times('none', {}, 46_000), [6000, 10_000, 16_000, 26_000, 46_000]);
        assert.equal(times('none', { isReloaded: true }, 3000)[0], 0);
    });
    it('gives a connection 10 s to come up and 4 s to mend, a failed one none', () => {
        assert.equal(times('connecting', {}, 12_000)[0], 10_000);
        assert.equal(times('disconnected', {}, 12_000)[0], 4000);
        assert.equal(times('failed', {}, 12_000)[0], 0);
        assert.deepEqual(times('connected', {}, 12_000), []);
    });
    it('gives a broken connection no time when the channel came back meanwhile, or less than 10 s before', () => {
        const wish = (since, roadBack, now) => new OfferWish().due('disconnected', since, { roadBack }, now);
        assert.deepEqual([wish(50_000, 51_000, 51_000), wish(50_000, 41_000, 50_000), wish(50_000, 40_000, 50_000), wish(50_000, 40_000, 54_000)],
            [true, true, false, true]);
    });
    it('forgets its patience when it has worked', () => {
        const wish = new OfferWish();
        assert.equal(wish.due('failed', 0, {}, 0), true);
        assert.equal(wish.due('failed', 0, {}, 100), false);
        wish.due('connected', 100, {}, 200);
        assert.equal(wish.due('failed', 300, {}, 300), true);
    });
});

describe('numbers', () => {
    const report = (bytes, packets, lost, frames) => [
        { id: 'i1', type: 'inbound-rtp', kind: 'video', bytesReceived: bytes, packetsReceived: packets, packetsLost: lost, framesDecoded: frames, frameWidth: 640, frameHeight: 480, codecId: 'c' },
        { id: 'i2', type: 'inbound-rtp', kind: 'audio', bytesReceived: 0, packetsReceived: 0, packetsLost: 0, jitter: 0.012 },
        { id: 'c', type: 'codec', mimeType: 'video/H264' }, { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
        { id: 'p', type: 'candidate-pair', currentRoundTripTime: 0.045, localCandidateId: 'l', remoteCandidateId: 'r' },
        { id: 'l', type: 'local-candidate', candidateType: 'host' }, { id: 'r', type: 'remote-candidate', candidateType: 'relay' },
    ];
    it('are rates between two readings', () => {
        const before = readingOf(report(0, 0, 0, 0), 0), now = readingOf(report(125_000, 95, 5, 30), 2000);
        assert.deepEqual(numbersOf(before, now), {
            receiveKbps: 500, sendKbps: 0, fps: 15, width: 640, height: 480, lossPercent: 5, roundTripMs: 45, jitterMs: 12, relayed: true, codec: 'H264',
        });
    });
    it('are not known from one reading, or none', () => {
        const first = numbersOf(null, readingOf(report(1, 1, 0, 1), 0));
        assert.deepEqual([first.receiveKbps, first.fps, first.lossPercent], [null, null, null]);
        const empty = numbersOf(null, readingOf([], 0));
        assert.deepEqual([empty.roundTripMs, empty.relayed, empty.codec], [null, null, '']);
    });
    it('a picture is told by what is known of it', () => {
        assert.equal(pictureText({ width: 640, height: 480, fps: 15 }), '640 × 480, 15 fps');
        assert.equal(pictureText({ width: 640, height: 480, fps: 0 }), '640 × 480, 0 fps');
        assert.equal(pictureText({ width: 640, height: 480, fps: null }), '640 × 480');
        assert.equal(pictureText({ width: 0, height: 0, fps: null }), '');
    });

    it('are good, fair or poor', () => {
        assert.equal(qualityOf({ lossPercent: 0, roundTripMs: 40 }), 'good');
        assert.equal(qualityOf({ lossPercent: 3, roundTripMs: 40 }), 'fair');
        assert.equal(qualityOf({ lossPercent: 0, roundTripMs: 700 }), 'poor');
        assert.equal(qualityOf({ lossPercent: 9, roundTripMs: null }), 'poor');
        assert.equal(qualityOf({ lossPercent: null, roundTripMs: null }), null);
    });
});

describe('tones', () => {
    it('stay within full scale, begin and end in silence, and rest between rounds', () => {
        for (const [name, seconds] of [['alerting', 3], ['ringBack', 4]]) {
            const samples = toneSamples(name, 8000);
            assert.equal(samples.length, seconds * 8000);
            const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
            assert.ok(loudest > 0.05 && loudest < 1, `${name}: ${loudest}`);
            assert.ok(Math.abs(samples[0]) < 0.01);
            assert.ok(samples.slice(-4000).every((one) => one === 0));
        }
    });
});

describe('doors', () => {
    it('are ordered once, open for the time the device says, then closed again', () => {
        const doors = new Doors();
        assert.equal(doors.order('door', 0), false);
        doors.offer(['door', 'gate']);
        assert.equal(doors.order('door', 0), true);
        assert.equal(doors.order('door', 100), false);
        doors.answered({ name: 'door', seconds: 3, code: 0 }, 200);
        assert.deepEqual(doors.list(3000), [{ name: 'door', state: 'open' }, { name: 'gate', state: 'closed' }]);
        assert.equal(doors.list(3201)[0].state, 'closed');
    });
    it('fail by a code, or when nobody answers in 5 s, and can be ordered again', () => {
        const doors = new Doors();
        doors.offer(['door']);
        doors.order('door', 0);
        doors.answered({ name: 'door', seconds: 0, code: 4030 }, 10);
        assert.equal(doors.list(20)[0].state, 'failed');
        assert.equal(doors.list(5000)[0].state, 'closed');
        doors.order('door', 6000);
        assert.equal(doors.list(11_500)[0].state, 'failed');
        assert.equal(doors.order('door', 11_500), true);
    });
});

describe('capture', () => {
    it('says why a device could not be opened', () => {
        assert.equal(troubleOf({ name: 'NotAllowedError' }), 'blocked');
        assert.equal(troubleOf({ name: 'NotReadableError' }), 'busy');
        assert.equal(troubleOf({ name: 'NotFoundError' }), 'missing');
        assert.equal(troubleOf(null), 'missing');
    });
});
