// Numbers for people, out of two readings of a connection's statistics. Pure.

/** The few values of one RTCStatsReport that matter. @param {Iterable<object>} stats */
export function readingOf(stats, at) {
    const all = [...stats];
    const byId = new Map(all.map((one) => [one.id, one]));
    const find = (type, kind) => all.filter((one) => one.type === type && (!kind || one.kind === kind));
    const incoming = find('inbound-rtp'), outgoing = find('outbound-rtp');
    const picture = incoming.find((one) => one.kind === 'video') ?? {};
    const sound = incoming.find((one) => one.kind === 'audio') ?? {};
    const pair = activePair(all, byId);
    const sum = (list, member) => list.reduce((total, one) => total + (one[member] ?? 0), 0);
    return {
        at,
        received: sum(incoming, 'bytesReceived'), sent: sum(outgoing, 'bytesSent'),
        packets: sum(incoming, 'packetsReceived'), lost: sum(incoming, 'packetsLost'),
        frames: picture.framesDecoded ?? 0, width: picture.frameWidth ?? 0, height: picture.frameHeight ?? 0,
        jitter: sound.jitter ?? picture.jitter ?? null,
        roundTrip: pair?.currentRoundTripTime ?? null,
        relayed: pair ? isRelayed(pair, byId) : null,
        codec: shortName(byId.get(picture.codecId)) || shortName(byId.get(sound.codecId)),
    };
}

function activePair(all, byId) {
    const transport = all.find((one) => one.type === 'transport' && one.selectedCandidatePairId);
    if (transport) return byId.get(transport.selectedCandidatePairId);
    return all.find((one) => one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded');
}

const isRelayed = (pair, byId) => [pair.localCandidateId, pair.remoteCandidateId]
    .some((id) => byId.get(id)?.candidateType === 'relay');

const shortName = (codec) => (typeof codec?.mimeType === 'string' ? codec.mimeType.split('/').pop() : '');

/** Rates between two readings; null where nothing can be said. */
export function numbersOf(before, now) {
    const seconds = before ? (now.at - before.at) / 1000 : 0;
    const rate = (member, unit) => (seconds > 0 ? Math.max(0, (now[member] - before[member]) / seconds / unit) : null);
    const lost = before ? Math.max(0, now.lost - before.lost) : 0;
    const came = before ? Math.max(0, now.packets - before.packets) : 0;
    const kilobits = (member) => (rate(member, 125) === null ? null : Math.round(rate(member, 125)));
    return {
        receiveKbps: kilobits('received'), sendKbps: kilobits('sent'),
        fps: rate('frames', 1) === null ? null : Math.round(rate('frames', 1)),
        width: now.width, height: now.height,
        lossPercent: came + lost > 0 ? (100 * lost) / (came + lost) : null,
        roundTripMs: now.roundTrip === null ? null : Math.round(now.roundTrip * 1000),
        jitterMs: now.jitter === null ? null : Math.round(now.jitter * 1000),
        relayed: now.relayed, codec: now.codec,
    };
}

/** 'good', 'fair' or 'poor'; null when nothing is known. Loss decides first, then the way's length. */
export function qualityOf({ lossPercent, roundTripMs }) {
    if (lossPercent === null && roundTripMs === null) return null;
    const loss = lossPercent ?? 0, trip = roundTripMs ?? 0;
    if (loss > 8 || trip > 600) return 'poor';
    return loss > 2 || trip > 250 ? 'fair' : 'good';
}

/** Size and rate of the picture in words, as far as they are known. */
export const pictureText = ({ width, height, fps }) =>
    [width ? `${width} × ${height}` : '', width && fps !== null ? `${fps} fps` : ''].filter(Boolean).join(', ');
