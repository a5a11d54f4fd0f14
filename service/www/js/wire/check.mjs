// What the network says, judged: each function gives a clean value or null. Any input is safe. Pure.

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Text of 1 (or `least`) to `most` characters, else null. */
export function textOf(value, most, least = 1) {
    return typeof value === 'string' && value.length >= least && value.length <= most ? value : null;
}

const integerOf = (value) => (Number.isSafeInteger(value) ? value : null);

function partyOf(value) {
    if (!isObject(value)) return null;
    const id = textOf(value.id, 128);
    if (!id) return null;
    return { id, name: textOf(value.name, 128) ?? '', camera: value.cameraStatus !== 1 };
}

/** params of call.incoming */
export function incomingOf(params) {
    if (!isObject(params)) return null;
    const roomId = textOf(params.roomId, 128), callId = textOf(params.callId, 64, 0) ?? '';
    const caller = partyOf(params.caller), listener = partyOf(params.listener);
    const roomType = ['voice', 'video'].includes(params.roomType) ? params.roomType : null;
    if (!roomId || !caller || !listener || !roomType) return null;
    return { roomId, callId, roomType, caller, listener, businessType: integerOf(params.businessType) ?? 1 };
}

/** params of voip.event */
export function eventOf(params) {
    if (!isObject(params)) return null;
    const eventName = textOf(params.eventName, 64), roomId = textOf(params.roomId, 128);
    if (!eventName || !roomId) return null;
    const data = isObject(params.data) ? params.data : {};
    const error = isObject(data.error) ? data.error : data;
    return {
        eventName, roomId,
        status: textOf(data.status, 128) ?? '',
        origin: textOf(data.origin, 128) ?? '',
        errMsg: textOf(error.errMsg, 512) ?? textOf(error.message, 512) ?? '',
        errCode: integerOf(error.errCode) ?? 0,
        keepTime: Math.max(0, integerOf(data.keepTime) ?? 0),
    };
}

const phases = ['dialling', 'ringing', 'joining', 'talking'];

/** The answer to room.join */
export function joinedOf(result) {
    if (!isObject(result)) return null;
    return { phase: phases.includes(result.phase) ? result.phase : 'joining', iceServers: iceServersOf(result) };
}

/** The answer to room.resume */
export function resumedOf(result) {
    if (!isObject(result) || !phases.includes(result.phase)) return null;
    return { phase: result.phase, keepTime: Math.max(0, integerOf(result.keepTime) ?? 0) };
}

/** RTCIceServer objects of {iceServers}; what a browser would refuse is left out. */
export function iceServersOf(result) {
    const list = isObject(result) && Array.isArray(result.iceServers) ? result.iceServers : [];
    return list.slice(0, 16).map(iceServerOf).filter(Boolean);
}

function iceServerOf(value) {
    if (!isObject(value)) return null;
    const given = Array.isArray(value.urls) ? value.urls : [value.urls];
    const urls = given.filter((url) => textOf(url, 512) && /^(stun|turns?):[^\s/]+$/.test(url)).slice(0, 16);
    if (urls.length === 0) return null;
    const username = textOf(value.username, 512), credential = textOf(value.credential, 512);
    const needsLogin = urls.some((url) => url.startsWith('turn'));
    if (needsLogin && !(username && credential)) return null;
    return needsLogin ? { urls, username, credential } : { urls };
}

/** params of room.signal: {roomId, body}, the body being an object with a type */
export function signalOf(params) {
    if (!isObject(params) || !isObject(params.body)) return null;
    const roomId = textOf(params.roomId, 128), type = textOf(params.body.type, 32);
    return roomId && type ? { roomId, type, body: params.body } : null;
}
