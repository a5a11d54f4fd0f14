// What a page sees, hears and sends, measured inside the page.

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bin, until } from './programs.mjs';

/** Why calls have no sound and picture here; '' when they have. */
export const lackingMedia = existsSync(path.join(bin, 'wmpf-voip-media')) ? '' : 'the media program was not built';

/** Bursts of a tone as a WAV file, for Chromium's fake microphone: a steady tone would count as noise. */
export function writeTone(file, hertz, rate = 48_000) {
    const seconds = 6, samples = Buffer.alloc(44 + seconds * rate * 2);
    samples.write('RIFF', 0);
    samples.writeUInt32LE(36 + seconds * rate * 2, 4);
    samples.write('WAVEfmt ', 8);
    [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, rate, 4], [28, rate * 2, 4], [32, 2, 2], [34, 16, 2]].forEach(([at, value, bytes]) =>
        samples.writeUIntLE(value, at, bytes));
    samples.write('data', 36);
    samples.writeUInt32LE(seconds * rate * 2, 40);
    for (let i = 0; i < seconds * rate; ++i) {
        const isOn = (i / rate) % 0.6 < 0.3;
        samples.writeInt16LE(isOn ? Math.round(12_000 * Math.sin((2 * Math.PI * hertz * i) / rate)) : 0, 44 + 2 * i);
    }
    writeFileSync(file, samples);
}

/** Keeps the page's connections in reach of the test, made with `more` of RTCConfiguration. Before the page is loaded. */
export async function watchConnections(context, more = {}) {
    await context.addInitScript((added) => {
        const Plain = window.RTCPeerConnection;
        window.connections = [];
        window.RTCPeerConnection = class extends Plain {
            constructor(configuration, ...given) {
                super({ ...configuration, ...added }, ...given);
                window.connections.push(this);
            }
        };
    }, more);
}

/** Sum of a member of the statistics of the page's present connection. */
export const counted = (page, type, kind, member) => page.evaluate(async ([t, k, m]) => {
    const report = await window.connections.at(-1)?.getStats();
    return [...(report?.values() ?? [])].filter((one) => one.type === t && one.kind === k).reduce((sum, one) => sum + (one[m] ?? 0), 0);
}, [type, kind, member]);

/** Pictures of the device are being decoded: `more` than now. */
export async function pictures(page, more = 15) {
    const frames = () => counted(page, 'inbound-rtp', 'video', 'framesDecoded').catch(() => 0);
    const before = await frames();
    await until(async () => (await frames()) >= before + more, async () => `${more} more pictures (${before}, now ${await frames()})`);
}

/** Reads the clock of the simulated camera off the page's picture: its age in ms, null where not legible. */
export const pictureAge = (page) => page.evaluate(() => {
    const video = document.querySelector('video.far');
    const canvas = document.createElement('canvas');
    const width = canvas.width = video.videoWidth, height = canvas.height = video.videoHeight;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    pen.drawImage(video, 0, 0);
    const now = Date.now();
    const cell = (row, column) => {
        const x = Math.floor((column + 1.5) * width / 24), y = Math.floor((13.5 + row) * height / 16);
        const [red, green, blue] = pen.getImageData(x, y, 1, 1).data;
        return (red + green + blue) / 3;
    };
    const white = (cell(0, 0) + cell(1, 21)) / 2, black = (cell(0, 21) + cell(1, 0)) / 2;
    if (white - black < 64) return null;
    const bits = Array.from({ length: 40 }, (_, i) => (cell(Math.floor(i / 20), 1 + i % 20) > (white + black) / 2 ? 1 : 0));
    const number = (some) => some.reduce((sum, bit) => sum * 2 + bit, 0);
    const sum = bits.slice(0, 32).reduce((crc, bit) => ((crc << 1) & 0xff) ^ ((crc >> 7) === bit ? 0 : 7), 0xff);
    if (sum !== number(bits.slice(32))) return null;
    const age = (now % 2 ** 32) - number(bits.slice(0, 32));  // the code carries the time modulo 2^32
    return age < 0 ? age + 2 ** 32 : age;
});

/** The strongest tone of the device within some seconds: {hertz, level} with level 0 to 255. */
export const heardTone = (page, seconds = 3) => page.evaluate(async (time) => {
    const context = new AudioContext();
    await context.resume();
    const ear = context.createAnalyser();
    ear.fftSize = 8192;
    ear.smoothingTimeConstant = 0;
    context.createMediaStreamSource(document.querySelector('audio').srcObject).connect(ear);
    const bins = new Uint8Array(ear.frequencyBinCount);
    let best = { hertz: 0, level: 0 };
    for (let end = Date.now() + time * 1000; Date.now() < end;) {
        ear.getByteFrequencyData(bins);
        bins.forEach((level, i) => {
            if (level > best.level) best = { hertz: (i * context.sampleRate) / ear.fftSize, level };
        });
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await context.close();
    return best;
}, seconds);
