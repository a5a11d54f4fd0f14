// What a bad network does to a call, in figures.

import { pictureAge } from '../../browser/support/media.mjs';
import { slow } from '../../browser/support/programs.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counters of what the page hears and sees; freezes in seconds. */
export const reading = (page) => page.evaluate(async () => {
    const all = [...(await window.connections.at(-1).getStats()).values()];
    const of = (kind) => all.find((one) => one.type === 'inbound-rtp' && one.kind === kind) ?? {};
    const sound = of('audio'), picture = of('video');
    return {
        samples: sound.totalSamplesReceived ?? 0, concealed: sound.concealedSamples ?? 0, silent: sound.silentConcealedSamples ?? 0,
        packets: sound.packetsReceived ?? 0, lost: sound.packetsLost ?? 0,
        frames: picture.framesDecoded ?? 0, freezes: picture.freezeCount ?? 0, frozen: picture.totalFreezesDuration ?? 0,
        keyFrames: picture.keyFramesDecoded ?? 0, pli: picture.pliCount ?? 0, nack: picture.nackCount ?? 0,
        resent: picture.retransmittedPacketsReceived ?? 0,
    };
});

/** Sound and picture at the page between two readings. */
export function between(before, after) {
    const grown = (name) => after[name] - before[name];
    const lost = grown('lost'), came = grown('packets');
    return {
        concealedPercent: (100 * grown('concealed')) / Math.max(1, grown('samples')),
        lostPercent: (100 * lost) / Math.max(1, lost + came),
        frames: grown('frames'), freezes: grown('freezes'), frozen: grown('frozen'),
        keyFrames: grown('keyFrames'), pli: grown('pli'), nack: grown('nack'), resent: grown('resent'),
    };
}

/**
 * Waits until the picture is back: for a whole second every look at it shows one less than 500 ms old. Gives the ms from
 * now to the beginning of that second.
 */
export async function pictureBack(page, within = 20_000 * slow) {
    const begun = Date.now();
    let since = null;
    while (Date.now() - begun < within) {
        const looked = Date.now();
        const age = await pictureAge(page).catch(() => null);
        if (age === null || age > 500 * slow) since = null;
        else since ??= looked;
        if (since !== null && looked - since >= 1000) return since - begun;
        await pause(20);
    }
    throw new Error(`the picture is not back in ${within} ms`);
}

/** Lets the call go on for so long: what is measured is a stretch of time. */
export const stretch = (ms) => pause(ms);
