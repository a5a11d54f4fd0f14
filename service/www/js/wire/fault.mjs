// What went wrong, with the wire's code. Pure.

/** Codes that this page itself decides on. @source protocol/README.md, "Codes" */
export const code = Object.freeze({
    roomWrong: 1, notAuthorised: 9, pushToken: 14, network: 1002, badAnswer: 1003, argument: 1004, busy: 1005,
    unsupported: 1011, tokenUnknown: 4010, forbidden: 4030, notReady: 5030, methodNotFound: -32601,
});

/** The other side said no, or could not be asked (code 1002). */
export class Fault extends Error {
    /**
     * @param {number} code
     * @param {string} message  for logs; people are shown the text of the code
     * @param {string} field    the member that is to blame, by path; may be empty
     */
    constructor(code, message, field = '') {
        super(message);
        this.name = 'Fault';
        this.code = code;
        this.field = field;
    }
}

/** {code, message, data: {errCode, errMsg, field?}} or {errCode, errMsg, field?}, whatever else it holds. */
export function faultOf(value) {
    const from = value && typeof value === 'object' ? value : {};
    const data = from.data && typeof from.data === 'object' ? from.data : {};
    const number = [from.code, from.errCode, data.errCode].find(Number.isInteger);
    const message = [from.message, from.errMsg].find((text) => typeof text === 'string') ?? '';
    const field = [from.field, data.field].find((text) => typeof text === 'string') ?? '';
    return new Fault(number ?? code.badAnswer, message.slice(0, 512), field.slice(0, 128));
}

export const networkFault = (why) => new Fault(code.network, why);
