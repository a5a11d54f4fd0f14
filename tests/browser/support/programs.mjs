// The real programs, started and watched. Nothing here sleeps: every wait is for a line, an answer or an exit,
// with a deadline. WMPF_BIN names the folder of the programs, WMPF_SLOW multiplies the deadlines.

import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const bin = path.resolve(process.env.WMPF_BIN ?? path.join(root, 'build/dev/bin'));
export const slow = Number(process.env.WMPF_SLOW ?? '1');
export const deadline = 20_000 * slow;

/** Rejects when `promise` takes longer. */
export function within(promise, what, ms = deadline) {
    let alarm;
    const late = new Promise((_, reject) => {
        alarm = setTimeout(() => reject(new Error(`${typeof what === 'function' ? what() : what}: not in ${ms} ms`)), ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(alarm));
}

/** Asks again and again, in short steps, until it gives something true. */
export async function until(ask, what, ms = deadline) {
    const end = Date.now() + ms;
    for (;;) {
        const found = await ask();
        if (found) return found;
        if (Date.now() > end) throw new Error(`${typeof what === 'function' ? await what() : what}: not in ${ms} ms`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A started program whose lines (both streams) are kept and can be waited for. */
export class Program {
    lines = [];
    #position = 0;
    #waiting = new Set();

    /** @param {{env?: object, stdin?: string, space?: string}} options  space: the network namespace it runs in */
    constructor(command, args, { env = {}, stdin = 'ignore', space = '' } = {}) {
        this.name = path.basename(command);
        const [program, ...words] = space ? ['ip', 'netns', 'exec', space, command, ...args] : [command, ...args];
        this.process = spawn(program, words, { env: { ...process.env, ...env }, stdio: [stdin, 'pipe', 'pipe'] });
        for (const stream of [this.process.stdout, this.process.stderr]) this.#read(stream);
        this.exited = new Promise((resolve) => this.process.on('close', (code) => resolve(code)));
        this.exited.then(() => this.#wake());
    }

    #read(stream) {
        let rest = '';
        stream.setEncoding('utf8');
        stream.on('data', (text) => {
            const parts = (rest + text).split('\n');
            rest = parts.pop();
            this.lines.push(...parts);
            this.#wake();
        });
    }

    #wake() {
        for (const look of [...this.#waiting]) look();
    }

    /** The first line, not waited for before, that matches. */
    line(pattern, ms = deadline) {
        const found = new Promise((resolve, reject) => {
            const look = () => {
                while (this.#position < this.lines.length) {
                    const match = pattern.exec(this.lines[this.#position++]);
                    if (!match) continue;
                    this.#waiting.delete(look);
                    return resolve(match);
                }
                if (this.process.exitCode !== null) reject(new Error(`${this.name} ended without ${pattern}:\n${this.text()}`));
            };
            this.#waiting.add(look);
            look();
        });
        return within(found, () => `${this.name}: no line like ${pattern}\n${this.text()}`, ms);
    }

    text() { return this.lines.slice(-60).join('\n'); }

    async stop() {
        if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM');
        const code = await within(this.exited, () => `${this.name} did not stop:\n${this.text()}`);
        const finding = this.lines.find((line) => /Sanitizer|runtime error:/.test(line));
        if (finding) throw new Error(`${this.name}:\n${this.text()}`);
        return code;
    }

    async kill() {
        this.process.kill('SIGKILL');
        await this.exited;
    }
}

/** A program to its end: {code, out, err}. */
export async function run(command, args) {
    const program = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '';
    program.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    program.stderr.setEncoding('utf8').on('data', (text) => { err += text; });
    const code = await within(new Promise((resolve) => program.on('close', resolve)), command);
    return { code, out, err };
}

/** A connection, or null where nobody listens yet. */
function connected(path) {
    return new Promise((resolve, reject) => {
        const socket = createConnection(path, () => resolve(socket));
        socket.on('error', (error) => (['ENOENT', 'ECONNREFUSED'].includes(error.code) ? resolve(null) : reject(error)));
    });
}

/** A client of the daemon's local API. */
export class Api {
    heard = [];
    #lastId = 0;
    #waiting = new Map();
    #looks = new Set();

    static async open(socket) {
        const api = new Api();
        // The daemon is starting: its socket is born before it listens, and neither is an event here.
        api.socket = await until(() => connected(socket), `somebody who listens at ${socket}`);
        api.#read();
        return api;
    }

    #read() {
        let rest = '';
        this.socket.setEncoding('utf8');
        this.socket.on('data', (text) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop();
            for (const line of lines) this.#receive(JSON.parse(line));
        });
    }

    #receive(message) {
        if (message.method) {
            this.heard.push(message);
            for (const look of [...this.#looks]) look();
            return;
        }
        const { resolve, reject } = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.error) reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
        else resolve(message.result);
    }

    call(method, params = {}) {
        const id = ++this.#lastId;
        const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
        this.socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        return within(answer, method);
    }

    /** The next notification for which the condition holds; those before it are dropped. */
    wait(condition, what, ms = deadline) {
        const found = new Promise((resolve) => {
            const look = () => {
                while (this.heard.length > 0) {
                    const { method, params } = this.heard.shift();
                    if (!condition(method, params)) continue;
                    this.#looks.delete(look);
                    return resolve(params);
                }
            };
            this.#looks.add(look);
            look();
        });
        return within(found, what, ms);
    }

    phase(...phases) {
        return this.wait((method, params) => method === 'room.changed' && phases.includes(params.phase), `phase ${phases}`);
    }

    event(name) {
        return this.wait((method, params) => method === 'voip.event' && params.eventName === name, `event ${name}`);
    }

    close() { this.socket.destroy(); }
}
