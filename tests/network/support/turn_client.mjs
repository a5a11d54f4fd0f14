// A client of a TURN server over UDP that does only what a guard is asked with: it takes an allocation and asks for each
// peer whether it may be reached (RFC 8656: Allocate, CreatePermission). Runs in the client's network namespace:
//
//     node turn_client.mjs SERVER SECRET 4|6 PEER...
//
// One line a peer: "PEER 0" when permitted, else "PEER CODE" with the server's error.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { pathToFileURL } from 'node:url';

const magic = Buffer.from('2112a442', 'hex');
const method = { allocate: 0x0003, createPermission: 0x0008 };
const kind = {
    userName: 0x0006, integrity: 0x0008, error: 0x0009, peer: 0x0012, realm: 0x0014, nonce: 0x0015, family: 0x0017, transport: 0x0019,
};
const families = { 4: 1, 6: 2 }, udp = 17;
const staleNonce = 438;

/** The 16 bytes of an IPv6 address. @param address  without a zone */
export function ipv6Bytes(address) {
    const dotted = address.match(/^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
    if (dotted) {
        const [high, low] = [dotted[2] * 256 + Number(dotted[3]), dotted[4] * 256 + Number(dotted[5])];
        address = `${dotted[1]}${high.toString(16)}:${low.toString(16)}`;
    }
    const [head, tail] = address.split('::').map((part) => part.split(':').filter(Boolean));
    const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
    const bytes = Buffer.alloc(16);
    groups.forEach((group, index) => bytes.writeUInt16BE(parseInt(group, 16), 2 * index));
    return bytes;
}

function attribute(type, value) {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

/** XOR-PEER-ADDRESS with any port. */
function peerAddress(address, id) {
    const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
    const mask = Buffer.concat([magic, id]);
    const head = Buffer.from([0, families[isIPv4(address) ? 4 : 6], 0x40 ^ magic[0], 0x00 ^ magic[1]]);
    return attribute(kind.peer, Buffer.concat([head, bytes.map((byte, index) => byte ^ mask[index])]));
}

function header(type, length, id) {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(length, 2);
    return Buffer.concat([head, magic, id]);
}

/** @param key  of the message's integrity; null: none */
function encode(type, id, attributes, key) {
    const body = Buffer.concat(attributes);
    if (!key) return Buffer.concat([header(type, body.length, id), body]);
    const signed = Buffer.concat([header(type, body.length + 24, id), body]);
    return Buffer.concat([signed, attribute(kind.integrity, createHmac('sha1', key).update(signed).digest())]);
}

/** {id, code, realm, nonce}; code 0 is success. */
function decode(message) {
    const found = { id: message.subarray(8, 20).toString('hex'), code: message.readUInt16BE(0) & 0x0110 ? 0 : null };
    for (let at = 20; at + 4 <= message.length;) {
        const type = message.readUInt16BE(at), length = message.readUInt16BE(at + 2);
        const value = message.subarray(at + 4, at + 4 + length);
        if (type === kind.error) found.code = value[2] * 100 + value[3];
        if (type === kind.realm) found.realm = value;
        if (type === kind.nonce) found.nonce = value;
        at += 4 + length + (-length & 3);
    }
    return found;
}

class Client {
    #socket = createSocket('udp4');
    #waiting = new Map();
    #credential = null;   // {name, key, realm, nonce} as soon as the server has said its realm

    constructor(server, secret) {
        this.server = server;
        this.name = `${Math.floor(Date.now() / 1000) + 600}:guard`;
        this.password = createHmac('sha1', secret).update(this.name).digest('base64');
        this.#socket.on('message', (message) => {
            const answer = decode(message);
            this.#waiting.get(answer.id)?.(answer);
        });
    }

    close() { this.#socket.close(); }

    /** One request, sent again each half second, for three seconds at most. */
    #exchange(type, attributesOf) {
        const id = randomBytes(12), own = this.#credential;
        const proof = own ? [attribute(kind.userName, Buffer.from(this.name)), attribute(kind.realm, own.realm), attribute(kind.nonce, own.nonce)] : [];
        const message = encode(type, id, [...attributesOf(id), ...proof], own?.key);
        return new Promise((resolve, reject) => {
            let left = 6;
            const send = () => {
                if (left-- > 0) return void this.#socket.send(message, 3478, this.server);
                clearInterval(timer);
                reject(new Error(`no answer from ${this.server}`));
            };
            const timer = setInterval(send, 500);
            this.#waiting.set(id.toString('hex'), (answer) => { clearInterval(timer); resolve(answer); });
            send();
        });
    }

    /** The answer's error code; a server that asks for a credential, or for a fresh nonce, gets it. */
    async #ask(type, attributesOf) {
        for (;;) {
            const answer = await this.#exchange(type, attributesOf);
            const again = (answer.code === 401 && !this.#credential) || answer.code === staleNonce;
            if (!again) return answer.code;
            const key = createHash('md5').update(`${this.name}:${answer.realm}:${this.password}`).digest();
            this.#credential = { key, realm: answer.realm, nonce: answer.nonce };
        }
    }

    async allocate(family) {
        const code = await this.#ask(method.allocate, () => [
            attribute(kind.transport, Buffer.from([udp, 0, 0, 0])), attribute(kind.family, Buffer.from([families[family], 0, 0, 0])),
        ]);
        if (code !== 0) throw new Error(`the server gives no allocation: ${code}`);
    }

    permission(peer) { return this.#ask(method.createPermission, (id) => [peerAddress(peer, id)]); }
}

async function main([server, secret, family, ...peers]) {
    const client = new Client(server, secret);
    await client.allocate(family);
    for (const peer of peers) console.log(`${peer} ${await client.permission(peer)}`);
    client.close();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
