// A service, a device and the people whom it may call, provisioned as an operator would do it.

import { X509Certificate, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Api, Program, bin, run, until, within } from './programs.mjs';

export const product = { app: 'wx-house', model: 'model-1' };
export const deviceSn = 'house-0001';
const service = path.join(bin, 'wmpf-voip-service');

/** wmpf-voip-service with a state folder of its own; restarts keep folder and port. */
export class Service {
    port = 0;

    /** @param {{host?: string, space?: string}} place  where it listens; the network namespace it runs in */
    constructor(folder, config = {}, args = ['--dev'], { host = 'localhost', space = '' } = {}) {
        mkdirSync(folder, { recursive: true });
        this.state = path.join(folder, 'state');
        this.config = path.join(folder, 'service.json');
        this.args = args;
        this.host = host;
        this.space = space;
        writeFileSync(this.config, JSON.stringify(config));
    }

    async start() {
        this.program = new Program(service, ['--config', this.config, '--state-dir', this.state,
            '--listen', `${this.host === 'localhost' ? '127.0.0.1' : this.host}:${this.port}`, ...this.args], { space: this.space });
        const found = await this.program.line(/serving url="https:\/\/[^"]*?:(\d+)"/);
        this.port = Number(found[1]);
    }

    get url() { return `https://${this.host}:${this.port}`; }
    get ca() { return path.join(this.state, 'ca.pem'); }

    /** For Chromium: trusts exactly this server's key. */
    get keyPin() {
        const chain = readFileSync(path.join(this.state, 'server.pem'), 'utf8');
        const leaf = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(chain)[0];
        const spki = new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'der' });
        return createHash('sha256').update(spki).digest('base64');
    }

    async admin(...order) {
        const { code, out, err } = await run(service, ['admin', '--state-dir', this.state, ...order]);
        if (code !== 0) throw new Error(`admin ${order.join(' ')}: ${code}\n${out}${err}`);
        return out;
    }

    async ticket(sn) {
        return /\b[0-9A-Za-z]{32}\b/.exec(await this.admin('ticket', sn))[0];
    }

    /** {status, body} */
    http(method, target, body, headers = {}) {
        const answer = new Promise((resolve, reject) => {
            const all = { ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers };
            const asking = request(this.url + target, { method, headers: all, ca: readFileSync(this.ca) }, (reply) => {
                let text = '';
                reply.setEncoding('utf8').on('data', (part) => { text += part; });
                reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: parsed(text) }));
            });
            asking.on('error', reject);
            asking.end(body ? JSON.stringify(body) : undefined);
        });
        return within(answer, `${method} ${target}`);
    }

    async fault(rule) {
        const { status, body } = await this.http('POST', '/v1/dev/faults', rule);
        if (status !== 200) throw new Error(`fault rule: ${status} ${JSON.stringify(body)}`);
    }
}

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/**
 * A running house. `options`: {rooms, service, device, people, args}, parts of the configurations; {sn, deviceName}; {place, deviceSpace},
 * where the service is reached, and the network namespace of the device.
 */
export class House {
    programs = [];
    people = {};

    static async open(options = {}) {
        const house = new House();
        house.options = options;
        house.sn = options.sn ?? deviceSn;
        house.folder = mkdtempSync(path.join(tmpdir(), 'wmpf-browser-'));
        const limits = { dialsPerMinute: 600, loginFailuresPerMinute: 600 };
        house.service = new Service(path.join(house.folder, 'service'),
            { rooms: options.rooms ?? {}, limits, ...options.service }, options.args, options.place);
        try {
            await house.#furnish(options);
        } catch (error) {
            await house.close().catch(() => {});  // what still runs would keep the test from ending
            throw error;
        }
        return house;
    }

    async #furnish(options) {
        await this.service.start();
        await this.service.admin('product', 'add', product.app, product.model);
        for (const name of options.people ?? ['reception']) await this.#addPerson(name);
        if (options.device !== null) await this.#addDevice();
    }

    async #addPerson(name) {
        const made = await this.service.admin('user', 'add', name);
        this.people[name] = /\bo[0-9A-Za-z]{27}\b/.exec(made)[0];
    }

    async #addDevice() {
        this.socket = path.join(this.folder, 'api.sock');
        await this.startDaemon();
        await this.api.call('device.register', { snTicket: await this.service.ticket(this.sn) });
        await this.online();
        for (const [name, openId] of Object.entries(this.people)) {
            await this.service.admin('grant', name, this.sn, ...[this.options.deviceName ?? 'Front door'].filter(Boolean));
            await this.api.call('contact.set', { contact: name, name, people: [{ openId, name }] });
        }
    }

    #writeConfig() {
        const first = Object.keys(this.people)[0];
        const given = this.options.device ?? {};
        const config = {
            device: { sn: this.sn, modelId: product.model, appId: product.app, name: 'Front door' },
            service: { url: this.service.url, ca: this.service.ca },
            call: { ...given.call },
            board: { driver: 'sim', buttons: [{ name: 'call', contact: first }], relays: [{ name: 'door', fromCall: true }], ...given.board },
            ...(given.media ? { media: given.media } : {}),
            log: { level: 'debug' },
        };
        const file = path.join(this.folder, 'device.json');
        writeFileSync(file, JSON.stringify(config));
        return file;
    }

    async startDaemon() {
        this.daemon = new Program(path.join(bin, 'wmpf-voipd'), ['--config', this.#writeConfig(),
            '--state-dir', path.join(this.folder, 'device'), '--socket', this.socket], { space: this.options.deviceSpace });
        this.programs.push(this.daemon);
        this.api = await Api.open(this.socket);
        await this.api.call('room.subscribe', {});
    }

    online() {
        return until(async () => (await this.api.call('device.get')).channel.state === 'online',
            () => `the device does not come on line:\n${this.daemon.text()}`);
    }

    /** The device is free for the next call. */
    async idle() {
        const free = async () => ['idle', 'ended'].includes((await this.api.call('room.get')).phase);
        if (await free()) return;
        await this.api.call('voip.forceHangUpVoip', {}).catch(() => {});
        await until(free, 'the device is not free');
    }

    press() { return this.api.call('board.press', { button: 'call' }); }

    /** wmpf-voipctl's words. */
    ctl(...args) { return run(path.join(bin, 'wmpf-voipctl'), ['--socket', this.socket, ...args]); }

    async close() {
        this.api?.close();
        const problems = [];
        for (const program of [...this.programs, this.service.program]) {
            await program.stop().catch((error) => problems.push(error.message));
        }
        rmSync(this.folder, { recursive: true, force: true });
        if (problems.length > 0) throw new Error(problems.join('\n'));
    }
}
