// JSON-RPC 2.0 over anything that carries texts: requests both ways, each with a deadline. No sockets here.

import { Fault, code, faultOf, networkFault } from './fault.mjs';

/** @source protocol/README.md, "Limits" */
export const messageLimit = 64 * 1024;

/**
 * One peer at the other end of one connection.
 * `send(text)` puts a text on the wire. `serve(method, params)` answers the peer's requests: a value or a
 * promise, or it throws a Fault. `hear(method, params)` takes notifications.
 * `broken(why)` is told once of input that is no JSON-RPC; the connection is of no more use then.
 */
export class RpcPeer {
    #io;
    #timers;
    #lastId = 0;
    #waiting = new Map();
    #closed = false;

    constructor(io, timers = globalThis) {
        this.#io = io;
        this.#timers = timers;
    }

    /** @returns {Promise<any>} the result; rejects with a Fault, 1002 when nobody answered in `seconds`. */
    call(method, params = {}, seconds = 10) {
        if (this.#closed) return Promise.reject(networkFault('the connection is closed'));
        const id = ++this.#lastId;
        return new Promise((resolve, reject) => {
            const alarm = this.#timers.setTimeout(() => {
                this.#waiting.delete(id);
                reject(networkFault(`${method}: no answer in ${seconds} s`));
            }, seconds * 1000);
            this.#waiting.set(id, { resolve, reject, alarm });
            this.#send({ jsonrpc: '2.0', id, method, params });
        });
    }

    notify(method, params = {}) {
        if (!this.#closed) this.#send({ jsonrpc: '2.0', method, params });
    }

    /** One text from the wire. */
    receive(text) {
        if (this.#closed) return;
        const message = parse(text);
        if (!message) return this.#break('not JSON-RPC');
        if (typeof message.method !== 'string') return this.#settle(message);
        const params = message.params ?? {};
        if (message.id === undefined) this.#io.hear(message.method, params);
        else this.#answer(message.id, message.method, params);
    }

    /** Everybody who still waits is told so. */
    close(why = 'the connection is closed') {
        if (this.#closed) return;
        this.#closed = true;
        for (const { reject, alarm } of this.#waiting.values()) {
            this.#timers.clearTimeout(alarm);
            reject(networkFault(why));
        }
        this.#waiting.clear();
    }

    #send(message) {
        this.#io.send(JSON.stringify(message));
    }

    #break(why) {
        this.close(why);
        this.#io.broken(why);
    }

    #settle(message) {
        const call = this.#waiting.get(message.id);
        if (!call) return;  // too late, or never asked
        this.#waiting.delete(message.id);
        this.#timers.clearTimeout(call.alarm);
        if ('error' in message) call.reject(faultOf(message.error));
        else call.resolve(message.result);
    }

    async #answer(id, method, params) {
        const reply = { jsonrpc: '2.0', id };
        try {
            reply.result = (await this.#io.serve(method, params)) ?? {};
        } catch (error) {
            const fault = error instanceof Fault ? error : new Fault(-32603, 'internal error');
            reply.error = {
                code: fault.code, message: fault.message, data: { errCode: fault.code, errMsg: fault.message },
            };
        }
        if (!this.#closed) this.#send(reply);
    }
}

export const unknownMethod = () => new Fault(code.methodNotFound, 'unknown method');

/** A JSON-RPC message, or null. */
function parse(text) {
    if (typeof text !== 'string' || text.length > messageLimit) return null;
    let message;
    try {
        message = JSON.parse(text);
    } catch {
        return null;
    }
    const isObject = message !== null && typeof message === 'object' && !Array.isArray(message);
    if (!isObject || message.jsonrpc !== '2.0') return null;
    const isReply = 'id' in message && ('result' in message || 'error' in message);
    return typeof message.method === 'string' || isReply ? message : null;
}
