// Elements without markup strings: text from the network stays text.

const svgSpace = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. `on*` members are listeners, `class`, `for`, `aria-*`, `data-*` and the like are
 * attributes, true is an empty attribute, false, null and undefined are left out. Children: nodes, text, and
 * nested arrays of them; null and false are left out.
 */
export function h(tag, members = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(members)) {
        if (value === false || value === null || value === undefined) continue;
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? '' : String(value));
    }
    append(element, children);
    return element;
}

function append(parent, children) {
    for (const child of children) {
        if (Array.isArray(child)) append(parent, child);
        else if (child !== null && child !== undefined && child !== false) parent.append(child);
    }
}

/** A picture of index.html, for the eye only: what it means is said in words beside it. */
export function icon(name) {
    const svg = document.createElementNS(svgSpace, 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('focusable', 'false');
    const use = document.createElementNS(svgSpace, 'use');
    use.setAttribute('href', `#icon-${name}`);
    svg.append(use);
    return svg;
}

/** Shows another picture in an element that icon() made. */
export function setIcon(svg, name) {
    const use = svg.firstElementChild;
    const href = `#icon-${name}`;
    if (use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/** Writes text only when it differs, so that screen readers are not told the same twice. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only when it differs; null removes it. */
export function setAttribute(element, name, value) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
    element.replaceChildren();
    append(element, children);
}

/** A button with a picture and words; `members` as in h(). */
export function button(label, iconName, members = {}) {
    return h('button', { type: 'button', ...members }, iconName && icon(iconName), h('span', {}, label));
}
