// What the page says: both languages whole, every code in words, every end with a meaning.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isMissed, meaningOf } from '../../../service/www/js/call/ends.mjs';
import { codes, nameOfCode } from '../../../service/www/js/text/codes.mjs';
import { codeText, languageOf, languages, setLanguage, t } from '../../../service/www/js/text/text.mjs';

const root = new URL('../../../', import.meta.url);
const blanks = (words) => [...words.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();

describe('texts', () => {
    it('have the same keys and blanks in 2 languages, none empty, Chinese in Chinese', () => {
        const { en, zh } = languages;
        assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
        for (const [key, words] of Object.entries(en)) {
            assert.ok(words.trim() && zh[key].trim(), key);
            assert.deepEqual(blanks(zh[key]), blanks(words), key);
            assert.match(zh[key], /\p{Script=Han}/u, key);
            assert.doesNotMatch(words, /\p{Script=Han}/u, key);
        }
    });

    it('name every code of protocol/README.md, in its order, and no other', () => {
        const page = readFileSync(new URL('protocol/README.md', root), 'utf8');
        const rows = [...page.matchAll(/^\| (-?\d+) \| (\w+) \| `(\w+)` \|/gm)].map(([, code, , name]) => [Number(code), name]);
        assert.ok(rows.length > 50);
        assert.deepEqual(codes, rows);
        for (const [, name] of codes) for (const words of Object.values(languages)) assert.ok(words[`code.${name}`], name);
        const named = Object.keys(languages.en).filter((key) => key.startsWith('code.') && key !== 'code.unknown');
        assert.deepEqual(named.map((key) => key.slice(5)).sort(), codes.map(([, name]) => name).sort());
    });

    it('exist for every key that the scripts ask for', () => {
        const scripts = readdirSync(new URL('service/www/js/', root), { recursive: true }).filter((name) => name.endsWith('.mjs'));
        let asked = 0;
        for (const name of scripts.filter((one) => !/text[\\/](en|zh)\.mjs$/.test(one))) {
            const text = readFileSync(new URL(`service/www/js/${name}`, root), 'utf8');
            for (const [, key] of text.replaceAll("'call.incoming'", '').matchAll(/'((?:app|login|nav|link|devices|pair|history|settings|call|info|quality|end)\.\w+)'/g)) {
                assert.ok(languages.en[key], `${name}: ${key}`);
                ++asked;
            }
        }
        assert.ok(asked > 100);
    });

    it('follow the browser\'s languages, unless one was chosen', () => {
        assert.equal(languageOf(['zh-CN', 'en']), 'zh');
        assert.equal(languageOf(['zh-Hant-TW']), 'zh');
        assert.equal(languageOf(['de', 'en-GB']), 'en');
        assert.equal(languageOf(['fr']), 'en');
        assert.equal(languageOf(undefined), 'en');
        assert.equal(languageOf(['en'], 'zh'), 'zh');
        assert.equal(languageOf(['zh'], 'xx'), 'zh');
    });

    it('fill in names as they are, and say what an unknown code is', () => {
        setLanguage('en');
        assert.equal(t('call.calling', { name: '<b>{x}' }), '<b>{x} is calling');
        assert.equal(codeText(9), languages.en['code.not_authorised']);
        assert.equal(codeText(77), 'The service refused (code 77).');
        setLanguage('zh');
        assert.equal(codeText(1005), languages.zh['code.busy']);
        setLanguage('en');
        assert.equal(nameOfCode(12345), '');
    });
});

const end = (eventName, more = {}) => ({ eventName, status: '', origin: '', errCode: 0, errMsg: '', ...more });

describe('ends', () => {
    const cases = [
        ['outgoing', end('cancelVoip', { status: 'manual' }), 'end.cancelled'], ['outgoing', end('cancelVoip', { status: 'other' }), 'end.movedAway'],
        ['incoming', end('cancelVoip', { status: 'other' }), 'end.cancelledThere', true],
        ['outgoing', end('rejectVoip', { status: 'other' }), 'end.rejectedThere'], ['incoming', end('rejectVoip', { status: 'manual' }), 'end.rejected'],
        ['incoming', end('rejectVoip', { status: 'busy' }), 'end.busyHere', true], ['outgoing', end('busy'), 'end.busy'],
        ['outgoing', end('timeout'), 'end.noAnswer'], ['incoming', end('timeout'), 'end.missed', true],
        ['incoming', end('hangUpVoip', { origin: 'manual' }), 'end.hungUp'], ['incoming', end('hangUpVoip', { origin: 'other' }), 'end.hungUpThere'],
        ['incoming', end('hangUpVoip', { origin: 'timeLimit' }), 'end.timeLimit'],
        ['incoming', end('hangUpVoip', { origin: 'unloadCallPage' }), 'end.pageClosed'],
        ['incoming', end('abortVoip', { status: 'unknown', errMsg: 'room status is abort' }), 'end.brokenThere'],
        ['incoming', end('abortVoip', { status: 'abortByListener' }), 'end.broken'],
        ['incoming', end('abortVoip', { status: 'abortByListener', errMsg: 'waitOtherToJoin timeout' }), 'end.neverJoined'],
        ['incoming', end('abortVoip', { errCode: 2005 }), 'code.join_callback'], ['incoming', end('joinFailListener', { errMsg: 'x' }), 'end.failed'],
        ['outgoing', end('joinFailCaller', { errCode: 2003 }), 'code.join_init'], ['outgoing', end('refused', { errCode: 9 }), 'code.not_authorised'],
        ['outgoing', end('refused', { errCode: 77 }), 'code.unknown'], ['incoming', end('lost'), 'end.lost'], ['incoming', end('endVoip'), 'end.over'],
        ['incoming', end('answeredElsewhere'), 'end.answeredElsewhere'], ['incoming', end('declinedElsewhere'), 'end.declinedElsewhere'],
        ['incoming', end('somethingNew'), 'end.over'], ['incoming', end('constructor'), 'end.over'],
        ['incoming', end('abortVoip', { status: 'unknown', errMsg: 'constructor' }), 'end.brokenThere'],
    ];
    it(`mean the right words in ${cases.length} cases, and tell which calls were missed`, () => {
        for (const [direction, how, text, missed = false] of cases) {
            assert.equal(meaningOf({ end: how, direction }).text, text, JSON.stringify(how));
            assert.equal(isMissed({ end: how, direction }), missed, JSON.stringify(how));
            for (const words of Object.values(languages)) assert.ok(words[text], text);
        }
    });
});
