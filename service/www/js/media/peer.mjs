// One RTCPeerConnection: one session of the signalling, from the device's offer to its end.

const pictureLimit = 1_000_000;  // bit/s that we send at most

/** Tells by `told`: candidate(body), state(word), tracks(). */
export class Peer {
    #pc;
    #told;
    #early = [];        // candidates that came before the offer was taken
    #isReady = false;
    #senders = { audio: null, video: null };
    #tracks = { audio: null, video: null };

    constructor(iceServers, told) {
        this.#told = told;
        this.#pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
        this.#pc.onicecandidate = ({ candidate }) => told.candidate({
            candidate: candidate?.candidate ?? '', sdpMid: candidate?.sdpMid ?? null,
            sdpMLineIndex: candidate?.sdpMLineIndex ?? null,
        });
        this.#pc.onconnectionstatechange = () => told.state(this.state);
        this.#pc.ontrack = ({ track }) => {
            this.#tracks[track.kind] = track;
            for (const kind of ['mute', 'unmute', 'ended']) track.addEventListener(kind, () => told.tracks());
            told.tracks();
        };
    }

    /** 'connecting', 'connected', 'disconnected' or 'failed' */
    get state() {
        const state = this.#pc.connectionState;
        if (state === 'new') return 'connecting';
        return state === 'closed' ? 'failed' : state;
    }
    /** What the device sends: {audio, video}, tracks or null. */
    get tracks() { return this.#tracks; }
    /** The device takes our picture. */
    get takesPicture() { return this.#takes('video'); }

    /**
     * Takes the offer and gives the answer. Tracks that are there now are sent from the first packet on;
     * others can be put in later without a new session.
     * @returns {Promise<string>} the answer's SDP; rejects when the offer is not understood
     */
    async answer(sdp, tracks) {
        await this.#pc.setRemoteDescription({ type: 'offer', sdp });
        for (const transceiver of this.#pc.getTransceivers()) {
            const kind = transceiver.receiver.track.kind;
            if (this.#senders[kind]) continue;
            this.#senders[kind] = transceiver.sender;
            transceiver.direction = 'sendrecv';  // the offer's own direction narrows it
            await transceiver.sender.replaceTrack(tracks[kind] ?? null);
        }
        await this.#pc.setLocalDescription();
        this.#isReady = true;
        for (const candidate of this.#early.splice(0)) await this.#add(candidate);
        await this.#limitPicture();
        return this.#pc.localDescription.sdp;
    }

    /** Another track, or none (nothing is sent then). */
    async send(kind, track) {
        try {
            await this.#senders[kind]?.replaceTrack(track);
        } catch (error) {
            console.warn(`${kind} could not be switched:`, error.message);
        }
    }

    async addCandidate(candidate) {
        if (this.#isReady) await this.#add(candidate);
        else if (this.#early.length < 64) this.#early.push(candidate);
    }

    stats() {
        return this.#pc.getStats();
    }

    close() {
        this.#pc.onicecandidate = this.#pc.onconnectionstatechange = this.#pc.ontrack = null;
        this.#pc.close();
    }

    #takes(kind) {
        const sender = this.#senders[kind];
        const own = this.#pc.getTransceivers().find((transceiver) => transceiver.sender === sender);
        return Boolean(own?.currentDirection?.includes('send'));
    }

    /** A candidate that the browser does not understand is one way less, no more. */
    async #add({ candidate, sdpMid, sdpMLineIndex }) {
        try {
            await this.#pc.addIceCandidate({ candidate, sdpMid, sdpMLineIndex: sdpMLineIndex ?? (sdpMid ? null : 0) });
        } catch (error) {
            console.warn('candidate left out:', error.message);
        }
    }

    async #limitPicture() {
        const sender = this.#senders.video;
        if (!sender) return;
        try {
            const parameters = sender.getParameters();
            for (const encoding of parameters.encodings) encoding.maxBitrate = pictureLimit;
            await sender.setParameters(parameters);
        } catch {
            // the browser's own limit stays
        }
    }
}

/** A peer that the browser accepts: servers that it refuses are left out one by one. */
export function makePeer(iceServers, told) {
    for (let count = iceServers.length; count > 0; --count) {
        try {
            return new Peer(iceServers.slice(0, count), told);
        } catch (error) {
            console.warn('ICE server left out:', error.message);
        }
    }
    return new Peer([], told);
}
