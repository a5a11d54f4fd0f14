// The HTTPS calls of the service, and requests that must outlive the page.

import { Fault, code, faultOf, networkFault } from './fault.mjs';

const limit = 10_000;  // ms for one request and its answer

async function ask(method, path, body, options = {}) {
    const request = {
        method, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(limit), ...options,
    };
    if (body !== undefined) {
        request.headers = { 'Content-Type': 'application/json' };
        request.body = JSON.stringify(body);
    }
    let response, text;
    try {
        response = await fetch(path, request);
        text = await response.text();
    } catch (error) {
        throw networkFault(`${path}: ${error.message}`);
    }
    return judge(path, response.ok, text);
}

function judge(path, ok, text) {
    let value = null;
    try {
        value = JSON.parse(text);
    } catch {
        // told below
    }
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (!isObject) throw new Fault(code.badAnswer, `${path}: not a JSON object`);
    if (!ok) throw faultOf(value);
    return value;
}

const text = (value) => (typeof value === 'string' ? value : '');

/** {user: {openId, name} or null, names: bool, known: [names], newNames: bool} */
export async function currentSession() {
    const answer = await ask('GET', 'v1/user/session');
    const ways = Array.isArray(answer.login) ? answer.login : [];
    const openId = text(answer.user?.openId);
    return {
        user: openId ? { openId, name: text(answer.user.name) } : null,
        names: ways.includes('name'),
        known: Array.isArray(answer.names) ? answer.names.filter((name) => text(name)) : [],
        newNames: answer.newNames === true,
    };
}

/** @param {{code: string} | {name: string}} proof  @returns {Promise<{openId, name}>} */
export async function logIn(proof) {
    const answer = await ask('POST', 'v1/user/login', proof);
    return { openId: text(answer.openId), name: text(answer.name) };
}

export const logOut = () => ask('POST', 'v1/user/logout', {});

/** @returns {Promise<Array<{sn, modelId, name, online}>>} */
export async function devices() {
    const answer = await ask('GET', 'v1/user/getDeviceVoIPList');
    const list = Array.isArray(answer.list) ? answer.list : [];
    return list.filter((device) => text(device?.sn)).map((device) => ({
        sn: device.sn, modelId: text(device.modelId), name: text(device.deviceName) || device.sn,
        online: device.online === true,
    }));
}

/** @param {{sn, modelId, snTicket, deviceName?}} request */
export const authorise = (request) => ask('POST', 'v1/user/requestDeviceVoIP', request);

/** One request without a channel. `keepalive`: it goes out even while the page is being closed. */
export async function rpc(method, params, { keepalive = false } = {}) {
    const answer = await ask('POST', 'v1/rpc', { jsonrpc: '2.0', id: 1, method, params }, { keepalive });
    if (answer.error) throw faultOf(answer.error);
    return answer.result ?? {};
}
