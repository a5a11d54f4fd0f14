// The sound and picture of one call: sessions of the signalling, the connection of the present one, what this
// phone sends. Goes on by itself when the service is away; asks for a new session when the connection breaks.

import { Emitter } from '../lib/emitter.mjs';
import { Capture } from './capture.mjs';
import { makePeer } from './peer.mjs';
import { numbersOf, readingOf } from './numbers.mjs';
import { OfferWish, Sessions } from './sessions.mjs';

const pulse = 500;             // ms between looks at the connection
const givesUpAfter = 15_000;   // nothing ever came: the device has no sound and picture

export class MediaLink {
    changed = new Emitter();
    capture = new Capture();
    /** What the device said it sends. */
    far = { camera: true, microphone: true, rotation: 0 };
    numbers = null;

    #io;
    #sessions;
    #wish = new OfferWish();
    #reloaded;
    #peer = null;
    #state = 'none';
    #since = Date.now();
    #roadBack = 0;      // when the channel came back last
    #silentSince = 0;   // nothing comes, though the connection says that it stands; 0: something comes
    #begun = Date.now();
    #everConnected = false;
    #reading = null;
    #timer = 0;
    #work = Promise.resolve();
    #told = '';

    /**
     * @param {{send(body), iceServers(): Promise<Array>, online(): boolean, doubt()}} io  send drops when off line;
     *     doubt: sound and picture stopped, perhaps with the network
     * @param {{session?: number, reloaded?: boolean}} from  of an earlier load of the page
     */
    constructor(io, { session = 0, reloaded = false } = {}) {
        this.#io = io;
        this.#sessions = new Sessions(session);
        this.#reloaded = reloaded;
        this.capture.changed.listen(() => this.#sendTracks());
    }

    /** The call was answered: from here on a connection is wanted. */
    start() {
        if (this.#timer) return;
        this.#begun = this.#since = Date.now();
        this.#timer = setInterval(() => this.#look(), pulse);
        this.#look();
    }

    /** The highest session seen, for a reload. */
    get session() { return this.#sessions.current; }
    get tracks() { return this.#peer?.tracks ?? { audio: null, video: null }; }
    get takesPicture() { return this.#peer?.takesPicture ?? false; }
    /** 'waiting', 'flowing', 'interrupted' or 'none' (the device sends nothing at all) */
    get status() {
        if (this.#state === 'connected') return 'flowing';
        if (this.#everConnected) return 'interrupted';
        const silent = this.#state === 'none' && Date.now() - this.#begun > givesUpAfter;
        return silent ? 'none' : 'waiting';
    }

    /** A body of room.signal, judged. Offers and candidates are worked on one after the other. */
    receive(body) {
        const what = this.#sessions.receive(body);
        if (what.do === 'offer') this.#queue(() => this.#offered(what));
        if (what.do === 'candidate') this.#queue(() => this.#candidate(what));
        if (what.do === 'media') {
            this.far = { camera: what.camera, microphone: what.microphone, rotation: what.rotation };
            this.changed.tell();
        }
        return what;
    }

    /** The page came back, or the channel: what the other side may have missed is said again. */
    repeat() {
        this.#roadBack = Date.now();
        this.#told = '';
        this.#tellMedia();
        this.#look();
    }

    close() {
        clearInterval(this.#timer);
        this.#timer = 0;
        this.#peer?.close();
        this.#peer = null;
        this.capture.close();
    }

    // ---- sessions

    #queue(work) {
        this.#work = this.#work.then(work).catch((error) => console.warn('signalling:', error.message));
    }

    async #offered({ session, sdp }) {
        const iceServers = await this.#io.iceServers();
        if (session !== this.#sessions.current) return;  // a newer one came meanwhile
        this.#peer?.close();
        this.#reading = null;
        const mine = makePeer(iceServers, {
            candidate: (candidate) => this.#io.send({ type: 'candidate', session, ...candidate }),
            state: () => { if (this.#peer === mine) this.#become(mine.state); },
            tracks: () => { if (this.#peer === mine) this.changed.tell(); },
        });
        this.#peer = mine;
        this.#become('connecting');
        const sent = this.#ownTracks();
        try {
            const answer = await mine.answer(sdp, sent);
            this.#io.send({ type: 'answer', session, sdp: answer });
        } catch (error) {
            console.warn('offer not understood:', error.message);
            this.#become('failed');
        }
        await this.#sendTracks();  // what was opened meanwhile
        this.#told = '';
        this.#tellMedia();
        this.changed.tell();
    }

    async #candidate({ session, ...candidate }) {
        if (session === this.#sessions.current) await this.#peer?.addCandidate(candidate);
    }

    #become(state) {
        if (state === this.#state) return;
        this.#state = state;
        this.#since = Date.now();
        this.#silentSince = 0;
        if (state === 'connected') this.#everConnected = true;
        else if (this.status === 'interrupted' && state !== 'connecting') this.#io.doubt();
        this.changed.tell();
    }

    async #look() {
        await this.#measure();
        if (!this.#timer) return;  // closed meanwhile
        // Silence alone is a pause of the network. With a channel that had to be made anew, the session is of the network before.
        const isOld = this.#silentSince && this.#roadBack > this.#silentSince;
        const [state, since] = isOld ? ['disconnected', this.#silentSince] : [this.#state, this.#since];
        const past = { isReloaded: this.#reloaded, roadBack: this.#roadBack };
        const due = this.#io.online() && this.#wish.due(state, since, past, Date.now());
        if (due) this.#io.send({ type: 'want-offer', session: this.session });
        this.changed.tell();
    }

    async #measure() {
        const peer = this.#peer;
        if (!peer || (this.#reading && Date.now() - this.#reading.at < 1000)) return;
        try {
            const reading = readingOf((await peer.stats()).values(), Date.now());
            if (this.#peer !== peer) return;
            this.numbers = numbersOf(this.#reading, reading);
            this.#reading = reading;
            this.#listen();
        } catch {
            // a connection that is being closed has no numbers
        }
    }

    /** A browser says after 5 s that a connection broke; a device that sends sound falls silent at once. */
    #listen() {
        if (this.#state !== 'connected') return;
        const isSilent = this.numbers.receiveKbps === 0 && this.far.microphone;
        if (isSilent && !this.#silentSince) this.#io.doubt();
        this.#silentSince = isSilent ? this.#silentSince || Date.now() : 0;
    }

    // ---- what we send

    #ownTracks() {
        return { audio: this.capture.microphone.track, video: this.capture.camera.track };
    }

    async #sendTracks() {
        const peer = this.#peer, tracks = this.#ownTracks();
        this.#tellMedia();
        this.changed.tell();
        await peer?.send('audio', tracks.audio);
        await peer?.send('video', tracks.video);
    }

    #tellMedia() {
        const { microphone, camera, muted } = this.capture;
        const body = { type: 'media', camera: Boolean(camera.track), microphone: Boolean(microphone.track) && !muted };
        const text = JSON.stringify(body);
        if (text === this.#told || !this.#timer || !this.#io.online()) return;
        this.#told = text;
        this.#io.send(body);
    }
}
