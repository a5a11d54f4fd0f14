// Placing a call: voip.callDevice, the road to Linux devices; where a product is not charged by licence,
// voip.initByCaller with the device's pushToken.

import { Fault, code } from '../wire/fault.mjs';
import { textOf } from '../wire/check.mjs';

const chargeTypeRefused = 22;

/**
 * @param {(method, params) => Promise<any>} ask  one request on the channel
 * @param {{peer: {sn, name, modelId}, roomType, camera, callId, user: {openId, name}}} call
 * @returns {Promise<string>} the room; rejects with a Fault. Asking again with the same callId gives the same.
 */
export async function placeCall(ask, call) {
    try {
        const result = await ask('voip.callDevice', callDevice(call));
        return roomOf(result);
    } catch (fault) {
        if (fault.code !== chargeTypeRefused) throw fault;
        return initByCaller(ask, call, true);
    }
}

function callDevice({ peer, roomType, camera, callId, user }) {
    const params = {
        sn: peer.sn, roomType, callId, nickName: user.name, enableCallerCamera: camera,
        enableListenerCamera: roomType === 'video',
    };
    if (peer.modelId) params.modelId = peer.modelId;
    return params;
}

async function initByCaller(ask, call, again) {
    const { pushToken } = await ask('user.getPushToken', { sn: call.peer.sn });
    const result = await ask('voip.initByCaller', {
        roomType: call.roomType, businessType: 2, voipToken: pushToken, callId: call.callId,
        caller: { id: call.user.openId, name: call.user.name, cameraStatus: call.camera ? 0 : 1 },
        listener: { id: call.peer.sn, cameraStatus: call.roomType === 'video' ? 0 : 1 },
    });
    if (result?.isSuccess !== false) return roomOf(result);
    const refusal = Number.isInteger(result.errCode) ? result.errCode : code.badAnswer;
    if (refusal === code.pushToken && again) return initByCaller(ask, call, false);  // it had expired
    throw new Fault(refusal, textOf(result.errMsg, 512) ?? '');
}

function roomOf(result) {
    const roomId = textOf(result?.roomId, 128);
    if (!roomId) throw new Fault(code.badAnswer, 'no roomId in the answer');
    return roomId;
}
