// The calls of this browser, newest first. Pure.

export const historyLimit = 100;

/**
 * Adds a call. Windows of one browser may tell of the same call: the one that answered it knows best.
 * @returns {Array} a new list, at most historyLimit long
 */
export function withCall(calls, call) {
    const known = calls.find((one) => one.id === call.id);
    if (known && (known.answered || !call.answered)) return calls;
    const others = calls.filter((one) => one.id !== call.id);
    return [call, ...others].sort((a, b) => b.started - a.started).slice(0, historyLimit);
}

/** A stored list, judged. */
export function callsOf(value) {
    if (!Array.isArray(value)) return [];
    return value.filter(isCall).slice(0, historyLimit);
}

function isCall(value) {
    return value !== null && typeof value === 'object' && typeof value.id === 'string'
        && typeof value.peer?.sn === 'string' && typeof value.peer?.name === 'string'
        && ['incoming', 'outgoing'].includes(value.direction) && ['voice', 'video'].includes(value.roomType)
        && [value.started, value.answered, value.ended, value.keepTime].every(Number.isFinite)
        && value.end !== null && typeof value.end === 'object' && typeof value.end.eventName === 'string';
}
