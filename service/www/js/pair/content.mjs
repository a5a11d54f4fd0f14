// What a pairing code says: "sn=...&modelId=...&snTicket=...", alone or behind a link's '#'. Pure.
// @source daemon/ctl/pairing.hpp

import { textOf } from '../wire/check.mjs';

export const nameLimit = 13;  // characters of a device's name. @source protocol/README.md, "Limits"

/** @returns {{sn, modelId, snTicket} | null} */
export function pairingOf(text) {
    if (typeof text !== 'string' || text.length > 2048) return null;
    const content = text.trim();
    const mark = content.indexOf('#');
    if (mark < 0 && /^https?:/i.test(content)) return null;
    const members = new URLSearchParams(mark < 0 ? content : content.slice(mark + 1));
    const sn = textOf(members.get('sn'), 128), modelId = textOf(members.get('modelId'), 128);
    const snTicket = textOf(members.get('snTicket'), 64);
    if (!sn || !/^[0-9A-Za-z_-]+$/.test(sn) || !modelId || !snTicket || !/^[0-9A-Za-z]+$/.test(snTicket)) return null;
    return { sn, modelId, snTicket };
}

/** Length of a name as the service counts it: characters, not UTF-16 units. */
export const lengthOf = (name) => [...name].length;
