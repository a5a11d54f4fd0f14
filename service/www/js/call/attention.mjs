// A call is to be noticed also when this page lies behind others: by its title, and by a notice where a
// person wished for it.

import { t } from '../text/text.mjs';

export class Attention {
    #title = '';
    #notice = null;

    /** @param {string} name  who calls; '' when nobody does any more @param {boolean} notify */
    ring(name, notify) {
        const title = name ? `● ${t('call.calling', { name })}` : t('app.name');
        if (title === this.#title) return;
        this.#title = title;
        document.title = title;
        this.#close();
        if (name && notify && document.visibilityState !== 'visible') this.#show(title);
    }

    static get possible() { return 'Notification' in globalThis; }
    static get allowed() { return Attention.possible && Notification.permission === 'granted'; }

    /** Asks the person; call it from a click. @returns {Promise<boolean>} */
    static async ask() {
        return Attention.possible && (await Notification.requestPermission()) === 'granted';
    }

    async #show(title) {
        if (!Attention.allowed) return;
        const options = { tag: 'wmpf-voip call', icon: 'icons/icon-192.png', requireInteraction: true };
        try {
            this.#notice = new Notification(title, options);
            this.#notice.onclick = () => { window.focus(); this.#close(); };
        } catch {
            // Phones show notices only by their service worker.
            const worker = await navigator.serviceWorker?.getRegistration();
            await worker?.showNotification(title, options);
        }
    }

    async #close() {
        this.#notice?.close();
        this.#notice = null;
        const worker = await navigator.serviceWorker?.getRegistration().catch(() => null);
        const left = (await worker?.getNotifications({ tag: 'wmpf-voip call' })) ?? [];
        for (const notice of left) notice.close();
    }
}
