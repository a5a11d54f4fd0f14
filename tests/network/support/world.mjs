// A small internet in network namespaces: a device and a phone, each behind a router of its own, and between them a
// public place where service and TURN server live.
//
//     device --- cable --- deviceRouter --- public --- phoneRouter --- phone
//     10.1.0.2             192.0.2.1     198.51.100.1    203.0.113.1    10.2.0.2
//
// The cable is wmpf-test-cable, which loses, delays and cuts as told. What the routers translate and forbid is nft's.
// Root only; nothing of it is seen outside.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Program, bin } from '../../browser/support/programs.mjs';

const execute = promisify(execFile);
const cableProgram = path.join(bin, 'wmpf-test-cable');

export const publicAddress = '198.51.100.1';
const sides = {
    device: { router: 'deviceRouter', inside: '10.1.0', outside: '192.0.2.1', link: '192.0.2.254' },
    phone: { router: 'phoneRouter', inside: '10.2.0', outside: '203.0.113.1', link: '203.0.113.254' },
};
export const deviceAddress = '10.1.0.2', otherDeviceAddress = '10.1.0.3', phoneAddress = '10.2.0.2', otherPhoneAddress = '10.2.0.3';

/** Why there can be no such world here; '' when there can. */
export async function lackingWorld() {
    if (process.getuid() !== 0) return 'only root may make network namespaces';
    for (const [program, ask] of [['ip', ['-V']], ['nft', ['-v']]]) {
        try {
            await execute(program, ask);
        } catch {
            return `no program ${program}`;
        }
    }
    if (!existsSync(cableProgram)) return 'wmpf-test-cable was not built';
    if (!existsSync('/dev/net/tun')) return 'the kernel has no TUN devices';
    return namespacesWork();
}

async function namespacesWork() {
    const name = `wmpf-${process.pid}-probe`;
    try {
        await execute('ip', ['netns', 'add', name]);
        await nft(name, 'table ip nat { chain post { type nat hook postrouting priority 100; masquerade fully-random; }; }');
        return '';
    } catch (error) {
        return `the kernel allows no namespaces with NAT: ${String(error.message).trim().split('\n').pop()}`;
    } finally {
        await execute('ip', ['netns', 'del', name]).catch(() => {});
    }
}

function nft(space, rules) {
    return new Promise((resolve, reject) => {
        const child = spawn('ip', ['netns', 'exec', space, 'nft', '-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
        let words = '';
        child.stderr.setEncoding('utf8').on('data', (text) => { words += text; });
        child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`nft: ${words}`))));
        child.stdin.end(rules);
    });
}

/**
 * How a router translates UDP; TCP it always hides behind one address, so that the signalling outlives a change.
 * `none`: it only routes. `cone`: whoever knows the outside port may send to it. `restricted`: only who was sent to, one
 * outside port for all. `symmetric`: another outside port towards everybody.
 */
function natRules(side, kind) {
    if (kind === 'none') return '';
    const port = kind === 'symmetric' ? ' fully-random' : '';
    const open = kind === 'cone' ? `iifname "wan" meta l4proto udp dnat to ${side.inside}.2` : '';
    return `
        chain out { type nat hook postrouting priority 100; oifname "wan" meta l4proto udp masquerade${port}; }
        chain in { type nat hook prerouting priority -100; ${open}
        }
        chain through { type filter hook forward priority 0; iifname "wan" ct state new ct status & dnat != dnat drop; }
        chain own { type filter hook input priority 0; iifname "wan" meta l4proto udp drop; }`;
}

const tcpRules = 'table ip signalling { chain out { type nat hook postrouting priority 100; oifname "wan" meta l4proto tcp masquerade; }; }';

const blocked = {
    nothing: '',
    udp: 'meta l4proto udp drop',
    'udp but to the public place': `meta l4proto udp ip daddr != ${publicAddress} ip saddr != ${publicAddress} drop`,
};

export class World {
    #spaces = [];

    static async open() {
        const world = new World();
        try {
            await world.#build();
        } catch (error) {
            await world.close();
            throw error;
        }
        return world;
    }

    /** The namespace's name, for `ip netns exec`. */
    space(place) { return `wmpf-${process.pid}-${place}`; }

    async #build() {
        for (const place of ['public', ...Object.keys(sides), ...Object.values(sides).map((side) => side.router)]) {
            await execute('ip', ['netns', 'add', this.space(place)]);
            this.#spaces.push(this.space(place));
            await this.ip(place, 'link', 'set', 'lo', 'up');
            // An address of IPv6 that gets ready a second later is a change of the network, at which a browser drops what it loads.
            await this.#setting(place, 'net.ipv6.conf.default.accept_dad=0');
        }
        await this.ip('public', 'addr', 'add', `${publicAddress}/32`, 'dev', 'lo');
        for (const place of ['public', 'deviceRouter', 'phoneRouter']) await this.#setting(place, 'net.ipv4.ip_forward=1');
        await this.#wire('deviceRouter', 'wan', 'public', 'device');
        await this.#wire('phoneRouter', 'wan', 'public', 'phone');
        await this.#wire('phone', 'eth0', 'phoneRouter', 'lan');
        this.cable = new Cable(this.space('device'), this.space('deviceRouter'));
        await this.cable.ready;
        for (const [place, side] of Object.entries(sides)) {
            await this.#address(place, side);
            await nft(this.space(side.router), tcpRules);
        }
        await this.set({});
    }

    /** A kernel without IPv6 has none of its settings. */
    #setting(place, words) {
        return execute('ip', ['netns', 'exec', this.space(place), 'sysctl', '-e', '-qw', words]);
    }

    #wire(place, name, otherPlace, otherName) {
        return this.ip(place, 'link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', otherName, 'netns', this.space(otherPlace));
    }

    async #address(place, side) {
        const { router, inside, outside, link } = side;
        for (const [where, device, address] of [
            ['public', place, link], [router, 'wan', outside], [router, 'lan', `${inside}.1`], [place, 'eth0', `${inside}.2`],
        ]) {
            await this.ip(where, 'addr', 'add', `${address}/24`, 'dev', device);
            await this.ip(where, 'link', 'set', device, 'up');
        }
        await this.ip(router, 'route', 'add', 'default', 'via', link);
        await this.ip(place, 'route', 'add', 'default', 'via', `${inside}.1`);
    }

    ip(place, ...order) { return execute('ip', ['-n', this.space(place), ...order]); }

    /** @param {{device?: kind, phone?: kind, blocked?: key}} how  the routers' NAT and what both forbid */
    async set({ device = 'none', phone = 'none', blocked: what = 'nothing' }) {
        for (const [place, kind] of Object.entries({ device, phone })) {
            const side = sides[place], network = `${side.inside}.0/24`;
            await nft(this.space(side.router), `table ip media\ndelete table ip media\ntable ip media { ${natRules(side, kind)}
                chain ban { type filter hook forward priority -10; ${blocked[what]}
                }
            }`);
            // The public place knows a way to the inside only where nothing hides it.
            if (kind === 'none') await this.ip('public', 'route', 'replace', network, 'via', side.outside);
            else await this.ip('public', 'route', 'replace', 'blackhole', network);
        }
        await this.cable.order('both');
    }

    /** The phone's network is dead without a word, or there again. */
    phoneCut(cut) {
        return nft(this.space('phoneRouter'), `table ip cut\ndelete table ip cut${cut ? `\ntable ip cut {
            chain through { type filter hook forward priority -20; policy drop; }
        }` : ''}`);
    }

    /** 'device' or 'phone' moves to another address, as after a new lease or from one network to another. */
    async move(place, from, to) {
        await this.ip(place, 'addr', 'del', `${from}/24`, 'dev', 'eth0');
        await this.ip(place, 'addr', 'add', `${to}/24`, 'dev', 'eth0');
        await this.ip(place, 'route', 'replace', 'default', 'via', `${sides[place].inside}.1`);
    }

    async close() {
        this.cable?.close();
        for (const name of this.#spaces.splice(0)) await execute('ip', ['netns', 'del', name]).catch(() => {});
    }
}

/** The cable between the device and its router. Orders: tests/support/impairment.hpp */
class Cable {
    #program;

    constructor(left, right) {
        this.#program = new Program(cableProgram, ['--left', `${left}/eth0`, '--right', `${right}/lan`], { stdin: 'pipe' });
        this.ready = this.#program.line(/^ready$/);
    }

    /** Answered in order; what it says. */
    async order(words) {
        this.#program.process.stdin.write(`${words}\n`);
        const [said] = await this.#program.line(/^(ok|error.*|forth .*)$/);
        if (said.startsWith('error')) throw new Error(`cable: ${words}: ${said}`);
        return said;
    }

    close() { this.#program.process.stdin.end(); }
}
