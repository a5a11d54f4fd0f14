// coturn with the operator's example of this tree: only what the example itself says must be replaced is replaced, so
// that what is shown to operators is what the calls of the tests went through.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Program, root, run } from '../../browser/support/programs.mjs';
import { publicAddress } from './world.mjs';

const example = path.join(root, 'systemd/examples/turnserver.conf');
const program = '/usr/bin/turnserver';
export const secret = 'secret-of-the-tests-alone';

export const turnUrls = [`turn:${publicAddress}:3478`, `turn:${publicAddress}:3478?transport=tcp`];
export const stunUrl = `stun:${publicAddress}:3478`;

/** Why there is no TURN server here; '' when there is one. */
export async function lackingTurn() {
    const { code } = await run(program, ['--version']).catch(() => ({ code: 1 }));
    return code === 0 ? '' : 'coturn is not installed';
}

/** The example with other values for keys that stand in it exactly once. */
function filledIn(values) {
    let text = readFileSync(example, 'utf8');
    for (const [key, value] of Object.entries(values)) {
        const lines = text.match(new RegExp(`^${key}(=.*)?$`, 'gm')) ?? [];
        if (lines.length !== 1) throw new Error(`${example}: ${key} stands there ${lines.length} times`);
        text = text.replace(lines[0], value === null ? '' : `${key}=${value}`);
    }
    return text;
}

export class Turn {
    /**
     * @param {{allowed?: string[], certificate: string, key: string, ip6?: string}} options
     *     allowed: private peers, one by one or FIRST-LAST; ip6: a relayed address more
     */
    static async start(folder, space, { allowed = [], certificate, key, ip6 = '' }) {
        const turn = new Turn();
        const file = path.join(folder, 'turnserver.conf');
        const text = filledIn({
            'listening-ip': publicAddress, 'relay-ip': publicAddress, 'static-auth-secret': secret,
            cert: certificate, pkey: key, 'proc-user': null, 'proc-group': null, syslog: null,
        });
        const more = [...(ip6 ? [`relay-ip=${ip6}`] : []), ...allowed.map((peer) => `allowed-peer-ip=${peer}`)];
        writeFileSync(file, `${text}${more.map((line) => `${line}\n`).join('')}`);
        turn.program = new Program(program, ['-c', file, '--log-file=stdout', `--pidfile=${path.join(folder, 'turn.pid')}`,
            `--userdb=${path.join(folder, 'turn.db')}`, '--verbose'], { space });
        await turn.program.line(/Total General servers/);  // all listeners are open
        return turn;
    }

    stop() { return this.program.kill(); }
}
