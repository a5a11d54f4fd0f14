// The small pure parts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsOf, historyLimit, withCall } from '../../../service/www/js/call/history.mjs';
import { delayOf } from '../../../service/www/js/lib/backoff.mjs';
import { Emitter } from '../../../service/www/js/lib/emitter.mjs';
import { Kept } from '../../../service/www/js/lib/keep.mjs';
import { clockText, momentText } from '../../../service/www/js/lib/time.mjs';
import { lengthOf, pairingOf } from '../../../service/www/js/pair/content.mjs';

const call = (id, started, answered = 0) => ({
    id, peer: { sn: 'SN', name: 'door' }, direction: 'incoming', roomType: 'video', started, answered, ended: started + 1, keepTime: 0,
    end: { eventName: 'timeout' },
});

describe('history', () => {
    it('is newest first and holds 100', () => {
        let calls = [];
        for (let i = 0; i < 130; ++i) calls = withCall(calls, call(`r${i}`, i));
        assert.equal(calls.length, historyLimit);
        assert.equal(calls[0].id, 'r129');
    });
    it('keeps what the window that answered says', () => {
        const both = withCall(withCall([], call('r', 1)), call('r', 1, 2));
        assert.equal(both.length, 1);
        assert.equal(both[0].answered, 2);
        assert.equal(withCall(both, call('r', 1))[0].answered, 2);
    });
    it('leaves out what is damaged on the disk', () => {
        assert.deepEqual(callsOf('x'), []);
        assert.equal(callsOf([call('a', 1), null, {}, { ...call('b', 1), end: null }, { ...call('c', 1), started: 'x' }]).length, 1);
    });
});

describe('backoff', () => {
    it('doubles its ceiling up to the cap, and takes anything below it', () => {
        const limits = { base: 500, cap: 30_000 };
        assert.deepEqual([0, 1, 2, 9, 99].map((tries) => delayOf(tries, limits, () => 1)), [500, 1000, 2000, 30_000, 30_000]);
        assert.equal(delayOf(5, limits, () => 0), 0);
        assert.equal(delayOf(1, limits, () => 0.25), 250);
    });
});

describe('time', () => {
    it('of a call is minutes and seconds, with hours when there are some', () => {
        assert.deepEqual([0, 7.9, 61, 3671, -5].map(clockText), ['0:00', '0:07', '1:01', '1:01:11', '0:00']);
    });
    it('of a call says the day unless it is today', () => {
        const noon = new Date(2026, 2, 4, 12, 5).getTime();
        assert.match(momentText(noon, noon + 1000, 'en-GB'), /^12:05$/);
        assert.match(momentText(noon, noon + 48 * 3_600_000, 'en-GB'), /4 Mar.*12:05/);
    });
});

describe('pairing codes', () => {
    const content = 'sn=SN-0001&modelId=model%201&snTicket=0123456789abcdefghijABCDEFGHIJ01';
    const pairing = { sn: 'SN-0001', modelId: 'model 1', snTicket: '0123456789abcdefghijABCDEFGHIJ01' };
    it('are read alone, behind a link and from the address bar', () => {
        assert.deepEqual(pairingOf(content), pairing);
        assert.deepEqual(pairingOf(` https://calls.example/#${content}\n`), pairing);
        assert.deepEqual(pairingOf(`#${content}`), pairing);
    });
    it('are refused in 9 wrong forms', () => {
        for (const text of [null, 7, '', 'hello', `https://calls.example/?${content}`, content.replace('sn=', 'xn='), content.replace('SN-0001', 'SN 1'),
            content.replace('snTicket', 'ticket'), 'x'.repeat(3000)])
            assert.equal(pairingOf(text), null, String(text).slice(0, 40));
    });
    it('count the characters of a name as the service does', () => {
        assert.equal(lengthOf('大门🚪'), 3);
    });
});

describe('storage', () => {
    it('that fails is replaced by memory, damaged values are none', () => {
        const broken = new Kept(() => { throw new Error('private window'); }, 'x');
        broken.set({ a: 1 });
        assert.deepEqual(broken.get(), { a: 1 });
        broken.clear();
        assert.equal(broken.get(), null);
        const items = new Map([['x', '{']]);
        const storage = { getItem: (name) => items.get(name) ?? null, setItem: (name, text) => items.set(name, text), removeItem: (name) => items.delete(name) };
        const kept = new Kept(() => storage, 'x');
        assert.equal(kept.get(), null);
        kept.set([1]);
        assert.deepEqual(kept.get(), [1]);
        kept.clear();
        assert.equal(items.size, 0);
    });
});

describe('emitter', () => {
    it('tells everybody, also when one of them throws', (test) => {
        test.mock.method(console, 'error', () => {});
        const emitter = new Emitter(), heard = [];
        emitter.listen(() => { throw new Error('x'); });
        const stop = emitter.listen((what) => heard.push(what));
        emitter.tell(1);
        stop();
        emitter.tell(2);
        assert.deepEqual(heard, [1]);
    });
});
