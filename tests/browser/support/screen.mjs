// A screen of X's that nobody looks at but the test: Xvfb, whose picture is a file.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from './programs.mjs';

const server = '/usr/bin/Xvfb';

/** Why there is no such screen here, or nothing that draws on it; '' when there is. */
export const lackingScreen = lacking();

function lacking() {
    if (!existsSync(server)) return 'Xvfb is not installed';
    const isSink = (folder) => existsSync(`/usr/lib/${folder}/gstreamer-1.0/libgstximagesink.so`);
    return readdirSync('/usr/lib').some(isSink) ? '' : 'gstreamer1.0-x is not installed';
}

export class Screen {
    static async open() {
        const screen = new Screen();
        screen.folder = mkdtempSync(path.join(tmpdir(), 'wmpf-screen-'));
        screen.server = new Program(server, ['-displayfd', '1', '-screen', '0', '640x480x24', '-fbdir', screen.folder, '-nolisten', 'tcp']);
        const [, number] = await screen.server.line(/^(\d+)$/);
        screen.name = `:${number}`;   // of DISPLAY
        return screen;
    }

    /** {at(x, y): [red, green, blue], bytes}: what is on it now. The file is a window dump: words of the header come highest byte first. */
    look() {
        const file = readFileSync(path.join(this.folder, 'Xvfb_screen0'));
        const word = (index) => file.readUInt32BE(4 * index);
        const colours = 12 * word(19), bytes = file.subarray(word(0) + colours), perLine = word(12), perPixel = word(11) / 8;
        return {
            bytes,
            at(x, y) {
                const [blue, green, red] = bytes.subarray(y * perLine + x * perPixel);
                return [red, green, blue];
            },
        };
    }

    async close() {
        await this.server.stop();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
