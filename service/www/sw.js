// Keeps the page's files at hand: when the service is away the page still opens, says so, and comes back by
// itself; a call is not lost because a reload fell into a restart of the service. Always the newest files: the
// network is asked first, the kept ones are for when it does not answer.

const shelf = 'wmpf-voip page';
const patience = 3000;  // ms for one file

self.addEventListener('install', (event) => {
    self.skipWaiting();
    event.waitUntil(caches.open(shelf).then((cache) => cache.add('./')).catch(() => {}));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    const isFile = request.method === 'GET' && url.origin === self.location.origin && !url.pathname.startsWith('/v1');
    if (isFile) event.respondWith(fileOf(request));
});

async function fileOf(request) {
    const cache = await caches.open(shelf);
    const known = request.mode === 'navigate' ? './' : request;
    try {
        const answer = await fetch(request, { signal: AbortSignal.timeout(patience) });
        if (answer.ok) await cache.put(known, answer.clone());
        return answer;
    } catch (error) {
        const kept = await cache.match(known);
        if (kept) return kept;
        throw error;
    }
}

/** A notice of a call was touched. */
self.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil((async () => {
        const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
        if (windows.length > 0) return windows[0].focus();
        return self.clients.openWindow('./');
    })());
});
