// What comes from the network: requests with deadlines, judged values, and nothing that breaks the page.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as check from '../../../service/www/js/wire/check.mjs';
import { Fault, faultOf } from '../../../service/www/js/wire/fault.mjs';
import { RpcPeer, messageLimit } from '../../../service/www/js/wire/rpc.mjs';
import { placeCall } from '../../../service/www/js/call/dial.mjs';

/** A peer whose other end is this test; time moves by hand. */
function bench(serve = () => ({})) {
    const sent = [], heard = [], broken = [], alarms = new Map();
    let last = 0;
    const timers = {
        setTimeout: (run) => (alarms.set(++last, run), last),
        clearTimeout: (id) => alarms.delete(id),
    };
    const peer = new RpcPeer({
        send: (text) => sent.push(JSON.parse(text)), serve, hear: (...what) => heard.push(what), broken: (why) => broken.push(why),
    }, timers);
    return { peer, sent, heard, broken, alarms, ring: () => [...alarms.values()].forEach((run) => run()) };
}

describe('rpc', () => {
    it('matches answers by id, whatever their order, and clears their alarms', async () => {
        const { peer, sent, alarms } = bench();
        const first = peer.call('a'), second = peer.call('b', { x: 1 });
        assert.deepEqual(sent[1], { jsonrpc: '2.0', id: 2, method: 'b', params: { x: 1 } });
        peer.receive('{"jsonrpc":"2.0","id":2,"result":{"n":2}}');
        peer.receive('{"jsonrpc":"2.0","id":1,"error":{"code":9,"message":"no","data":{"field":"sn"}}}');
        assert.deepEqual(await second, { n: 2 });
        await assert.rejects(first, (fault) => fault instanceof Fault && fault.code === 9 && fault.field === 'sn');
        assert.equal(alarms.size, 0);
    });

    it('answers 1002 when the deadline passes or the connection closes', async () => {
        const { peer, ring } = bench();
        const late = peer.call('a');
        ring();
        await assert.rejects(late, { code: 1002 });
        const cut = peer.call('b');
        peer.close();
        await assert.rejects(cut, { code: 1002 });
        await assert.rejects(peer.call('c'), { code: 1002 });
    });

    it('serves requests: results, faults with their code, bugs as -32603', async () => {
        const { peer, sent } = bench((method) => {
            if (method === 'no') throw new Fault(1005, 'busy');
            if (method === 'bug') throw new TypeError('x');
            return { method };
        });
        for (const method of ['yes', 'no', 'bug']) peer.receive(JSON.stringify({ jsonrpc: '2.0', id: method, method }));
        await new Promise((resolve) => setImmediate(resolve));
        const by = Object.fromEntries(sent.map((message) => [message.id, message]));
        assert.deepEqual(by.yes.result, { method: 'yes' });
        assert.equal(by.bug.error.code, -32603);
        assert.deepEqual(by.no.error.data, { errCode: 1005, errMsg: 'busy' });
    });

    it('hears notifications, ignores answers to nothing', () => {
        const { peer, heard, broken } = bench();
        peer.receive('{"jsonrpc":"2.0","method":"voip.event","params":{"a":1}}');
        peer.receive('{"jsonrpc":"2.0","id":99,"result":{}}');
        assert.deepEqual(heard, [['voip.event', { a: 1 }]]);
        assert.deepEqual(broken, []);
    });

    it('gives up a connection on each of 8 inputs that are no JSON-RPC', () => {
        const inputs = ['', '{', '[]', 'null', '7', '{"id":1}', '{"jsonrpc":"1.0","method":"x"}', 'x'.repeat(messageLimit + 1)];
        for (const input of inputs) {
            const { peer, broken } = bench();
            peer.receive(input);
            peer.receive(input);
            assert.equal(broken.length, 1, input.slice(0, 20));
        }
    });
});

describe('faults', () => {
    it('are read from 3 shapes, and are 1003 when there is no code', () => {
        assert.equal(faultOf({ code: 9, message: 'm' }).code, 9);
        assert.equal(faultOf({ errCode: 13, errMsg: 'm', field: 'f' }).field, 'f');
        assert.equal(faultOf({ data: { errCode: 5 } }).code, 5);
        for (const value of [null, undefined, 7, 'x', [], { code: 'x' }]) assert.equal(faultOf(value).code, 1003);
    });
});

describe('checks', () => {
    const incoming = {
        roomId: 'r', groupId: 'r', callId: 'c', roomType: 'video', businessType: 1, caller: { id: 'SN', name: 'door', cameraStatus: 1 },
        listener: { id: 'o', name: '' },
    };

    it('take the messages of protocol/README.md', () => {
        const call = check.incomingOf(incoming);
        assert.deepEqual(call.caller, { id: 'SN', name: 'door', camera: false });
        assert.equal(call.listener.camera, true);
        const event = check.eventOf({ eventName: 'hangUpVoip', roomId: 'r', data: { keepTime: 42, status: 's', origin: 'o' } });
        assert.deepEqual(event, { eventName: 'hangUpVoip', roomId: 'r', status: 's', origin: 'o', errMsg: '', errCode: 0, keepTime: 42 });
        assert.equal(check.eventOf({ eventName: 'abortVoip', roomId: 'r', data: { error: { errMsg: 'm', errCode: 3 } } }).errCode, 3);
        assert.equal(check.eventOf({ eventName: 'joinFailCaller', roomId: 'r', data: { message: 'm' } }).errMsg, 'm');
        assert.deepEqual(check.resumedOf({ roomId: 'r', phase: 'talking', keepTime: 4 }), { phase: 'talking', keepTime: 4 });
    });

    it('leave out ICE servers that a browser would refuse', () => {
        const servers = check.iceServersOf({
            iceServers: [{ urls: ['stun:a:3478'] }, { urls: 'turn:b', username: 'u', credential: 'c' }, { urls: ['turn:b'] }, { urls: ['http://x'] },
                { urls: 7 }, null, { urls: ['turns:c:5349', 'bad one'], username: 'u', credential: 'c' }],
        });
        assert.deepEqual(servers.map((server) => server.urls), [['stun:a:3478'], ['turn:b'], ['turns:c:5349']]);
        assert.deepEqual(check.iceServersOf({ iceServers: 'x' }), []);
    });

    it('say null, and never throw, on 3000 damaged messages', () => {
        const bad = [null, undefined, 0, -1, 1e99, '', 'x'.repeat(100_000), [], {}, true, { a: 1 }, NaN];
        const functions = ['incomingOf', 'eventOf', 'joinedOf', 'resumedOf', 'iceServersOf', 'signalOf'];
        let n = 0;
        for (const name of functions) {
            for (const value of bad) check[name](value);
            for (const member of [...Object.keys(incoming), 'body', 'data', 'phase', 'iceServers', 'eventName']) {
                for (const value of bad) {
                    check[name]({ ...incoming, body: { type: 'x' }, data: {}, [member]: value });
                    if (value && typeof value === 'object') continue;
                    check[name]({ ...incoming, [member]: { id: value, type: value, error: value, urls: value } });
                    n += 2;
                }
            }
        }
        assert.ok(n > 1000);
        for (const value of bad) assert.equal(check.incomingOf({ ...incoming, roomId: value }), null);
        for (const value of bad) assert.equal(check.signalOf({ roomId: 'r', body: value }), null);
    });
});

describe('dialling', () => {
    const call = { peer: { sn: 'SN', name: 'door', modelId: 'm' }, roomType: 'voice', camera: false, callId: 'c', user: { openId: 'o', name: 'anna' } };
    const script = (answers) => {
        const asked = [];
        return { asked, ask: async (method, params) => {
            asked.push([method, params]);
            const answer = answers[method].shift();
            if (answer instanceof Error) throw answer;
            return answer;
        } };
    };

    it('asks voip.callDevice', async () => {
        const { ask, asked } = script({ 'voip.callDevice': [{ roomId: 'r' }] });
        assert.equal(await placeCall(ask, call), 'r');
        assert.deepEqual(asked[0][1], { sn: 'SN', roomType: 'voice', callId: 'c', nickName: 'anna', enableCallerCamera: false, enableListenerCamera: false, modelId: 'm' });
    });

    it('takes the pushToken where licences do not pay (22), and a fresh one once (14)', async () => {
        const refused = { isSuccess: false, errCode: 14, errMsg: 'old' };
        const { ask, asked } = script({
            'voip.callDevice': [new Fault(22, 'charge')], 'user.getPushToken': [{ pushToken: 'a' }, { pushToken: 'b' }],
            'voip.initByCaller': [refused, { isSuccess: true, roomId: 'r' }],
        });
        assert.equal(await placeCall(ask, call), 'r');
        assert.deepEqual(asked.filter(([method]) => method === 'voip.initByCaller').map(([, params]) => params.voipToken), ['a', 'b']);
        const twice = script({
            'voip.callDevice': [new Fault(22, '')], 'user.getPushToken': [{ pushToken: 'a' }, { pushToken: 'b' }], 'voip.initByCaller': [refused, refused],
        });
        await assert.rejects(placeCall(twice.ask, call), { code: 14 });
    });

    it('passes other refusals on, and an answer without a room is 1003', async () => {
        await assert.rejects(placeCall(script({ 'voip.callDevice': [new Fault(9, '')] }).ask, call), { code: 9 });
        for (const answer of [{}, null, { roomId: 7 }]) await assert.rejects(placeCall(script({ 'voip.callDevice': [answer] }).ask, call), { code: 1003 });
    });
});
