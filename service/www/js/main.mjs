// The page starts here.

import { App } from './app.mjs';
import { Screens } from './view/screens.mjs';

const app = new App();
new Screens(app, document.getElementById('app'));
app.start();

// The shell stays at hand when the service is away. Without it (private windows, a certificate that the
// browser only tolerates) the page works as well.
navigator.serviceWorker?.register('sw.js').catch((error) => {
    console.info('no service worker:', error.message);
});
