// The page's language: by the browser, unless a person chose one.

import { nameOfCode } from './codes.mjs';
import { en } from './en.mjs';
import { zh } from './zh.mjs';

export const languages = Object.freeze({ en, zh });
let current = 'en';

/** The first of the browser's languages that the page speaks; English when there is none. Pure. */
export function languageOf(preferred, chosen = null) {
    if (chosen && chosen in languages) return chosen;
    for (const tag of preferred ?? []) {
        const base = String(tag).toLowerCase().split('-')[0];
        if (base in languages) return base;
    }
    return 'en';
}

export function setLanguage(language) {
    current = language in languages ? language : 'en';
}

export const language = () => current;
/** For Intl and the lang attribute: the browser's own kind of the language, if it has one. */
export function languageTag() {
    const own = (globalThis.navigator?.languages ?? []).find((tag) => languageOf([tag]) === current && tag.toLowerCase().startsWith(current));
    return own ?? (current === 'zh' ? 'zh-CN' : 'en');
}

/** The words of a key, with {name} filled in. A key that is missing shows itself. */
export function t(key, members = {}) {
    const words = languages[current][key] ?? languages.en[key] ?? key;
    return words.replace(/\{(\w+)\}/g, (all, name) => (name in members ? String(members[name]) : all));
}

/** What an errCode means to a person. */
export function codeText(code) {
    const name = nameOfCode(code);
    return name ? t(`code.${name}`) : t('code.unknown', { code });
}
