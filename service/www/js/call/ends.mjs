// What an end means to a person: which words (keys of text/), and how bad it is. Pure.

import { nameOfCode } from '../text/codes.mjs';

/** Texts of abortVoip that say more than its status. @source protocol/README.md, "Who is told what" */
const abortTexts = { 'waitOtherToJoin timeout': 'end.neverJoined' };

/**
 * @param {{end: {eventName, status, origin, errCode, errMsg}, direction}} call
 * @returns {{text: string, tone: 'plain' | 'missed' | 'trouble', code: number}}  text: a key, which
 * takes {code}; tone: how it looks; code: the errCode, 0: none
 */
export function meaningOf({ end, direction }) {
    const known = Object.hasOwn(byEvent, end.eventName);
    const [text, tone] = known ? byEvent[end.eventName](end, direction) : ['end.over', 'plain'];
    return { text, tone, code: end.errCode || 0 };
}

const isOther = (end) => end.status === 'other';

const byEvent = {
    cancelVoip: (end, direction) => {
        if (direction === 'outgoing') return isOther(end) ? ['end.movedAway', 'plain'] : ['end.cancelled', 'plain'];
        return ['end.cancelledThere', 'missed'];
    },
    rejectVoip: (end, direction) => {
        if (direction === 'outgoing') return ['end.rejectedThere', 'trouble'];
        return end.status === 'busy' ? ['end.busyHere', 'missed'] : ['end.rejected', 'plain'];
    },
    busy: () => ['end.busy', 'trouble'],
    timeout: (end, direction) => (direction === 'outgoing' ? ['end.noAnswer', 'trouble'] : ['end.missed', 'missed']),
    hangUpVoip: (end) => hungUp(end),
    abortVoip: (end) => aborted(end),
    joinFailCaller: (end) => failed(end),
    joinFailListener: (end) => failed(end),
    endVoip: () => ['end.over', 'plain'],
    finishVoip: () => ['end.over', 'plain'],
    refused: (end) => failed(end),
    lost: () => ['end.lost', 'trouble'],
    answeredElsewhere: () => ['end.answeredElsewhere', 'plain'],
    declinedElsewhere: () => ['end.declinedElsewhere', 'plain'],
};

function hungUp(end) {
    if (end.origin === 'timeLimit') return ['end.timeLimit', 'plain'];
    if (end.origin === 'unloadCallPage') return ['end.pageClosed', 'plain'];
    return end.origin === 'other' ? ['end.hungUpThere', 'plain'] : ['end.hungUp', 'plain'];
}

function aborted(end) {
    if (Object.hasOwn(abortTexts, end.errMsg)) return [abortTexts[end.errMsg], 'trouble'];
    if (end.errCode) return failed(end);
    return end.status === 'unknown' ? ['end.brokenThere', 'trouble'] : ['end.broken', 'trouble'];
}

function failed(end) {
    const name = nameOfCode(end.errCode);
    return [name ? `code.${name}` : end.errCode ? 'code.unknown' : 'end.failed', 'trouble'];
}

/** A call that a person should know they missed. */
export const isMissed = (call) => call.direction === 'incoming' && meaningOf(call).tone === 'missed';
