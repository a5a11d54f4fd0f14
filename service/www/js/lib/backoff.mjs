// How long to wait before the next try. Pure.

/**
 * Full jitter: anything from 0 to the ceiling, which doubles with each try. Many pages that lost the same
 * service do not come back in step.
 * @param {number} tries   failed tries so far, 0 and up
 * @param {{base: number, cap: number}} limits  ms
 * @param {() => number} random  0 to 1
 * @returns {number} ms
 */
export function delayOf(tries, { base, cap }, random = Math.random) {
    const ceiling = Math.min(cap, base * 2 ** Math.min(tries, 30));
    return Math.round(random() * ceiling);
}
