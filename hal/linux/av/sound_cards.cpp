#include "hal/linux/av/sound_cards.hpp"

#include <alsa/asoundlib.h>

#include <memory>

namespace voip::hal::linux {
namespace {

struct CloseControl {
    void operator()(snd_ctl_t* control) const { snd_ctl_close(control); }
};
using Control = std::unique_ptr<snd_ctl_t, CloseControl>;

bool has(snd_ctl_t* control, int device, snd_pcm_stream_t stream, std::string& name) {
    snd_pcm_info_t* info = nullptr;
    snd_pcm_info_alloca(&info);
    snd_pcm_info_set_device(info, static_cast<unsigned>(device));
    snd_pcm_info_set_stream(info, stream);
    if (snd_ctl_pcm_info(control, info) != 0) return false;
    name = snd_pcm_info_get_name(info);
    return true;
}

void list_card(snd_ctl_t* control, std::vector<SoundCard>& found) {
    snd_ctl_card_info_t* card = nullptr;
    snd_ctl_card_info_alloca(&card);
    if (snd_ctl_card_info(control, card) != 0) return;
    for (int device = -1; snd_ctl_pcm_next_device(control, &device) == 0 && device >= 0;) {
        SoundCard pcm;
        std::string name;
        pcm.records = has(control, device, SND_PCM_STREAM_CAPTURE, name);
        pcm.plays = has(control, device, SND_PCM_STREAM_PLAYBACK, name);
        pcm.device =
            std::string("plughw:CARD=") + snd_ctl_card_info_get_id(card) + ",DEV=" + std::to_string(device);
        pcm.name = std::string(snd_ctl_card_info_get_name(card)) + ", " + name;
        found.push_back(std::move(pcm));
    }
}

}  // namespace

std::vector<SoundCard> list_sound_cards(unsigned& refused) {
    std::vector<SoundCard> found;
    for (int card = -1; snd_card_next(&card) == 0 && card >= 0;) {
        snd_ctl_t* opened = nullptr;
        const std::string name = "hw:" + std::to_string(card);
        const int error = snd_ctl_open(&opened, name.c_str(), SND_CTL_NONBLOCK);
        if (error == -EACCES || error == -EPERM) ++refused;
        if (error < 0) continue;
        const Control control(opened);
        list_card(opened, found);
    }
    return found;
}

}  // namespace voip::hal::linux
