#include "hal/linux/found.hpp"

#include <fcntl.h>
#include <linux/input.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "hal/linux/av/v4l2.hpp"
#include "hal/linux/key_names.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

namespace fs = std::filesystem;

/// The link in one of the folders that leads to the node, else the node.
std::string lasting_path(const std::string& node, std::initializer_list<const char*> folders) {
    std::error_code none;
    const fs::path target = fs::canonical(node, none);
    for (const char* folder : folders) {
        std::vector<std::string> links;
        for (const auto& entry : fs::directory_iterator(folder, none)) links.push_back(entry.path());
        std::ranges::sort(links);
        for (const std::string& link : links)
            if (fs::canonical(link, none) == target) return link;
    }
    return node;
}

std::vector<std::string> input_nodes() {
    std::vector<std::string> nodes;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/dev/input", none))
        if (entry.path().filename().string().starts_with("event")) nodes.push_back(entry.path());
    std::ranges::sort(nodes, {}, [](const std::string& node) { return std::pair(node.size(), node); });
    return nodes;
}

void add_keys(const std::string& node, Found& found) {
    const auto fd = open_node(node, O_RDONLY);
    if (!fd) {
        found.refused += fd.error().is(Errc::refused) ? 1u : 0u;
        return;
    }
    std::array<unsigned char, KEY_MAX / 8 + 1> bits{};
    std::array<char, 128> name{};
    if (control(fd->get(), EVIOCGBIT(EV_KEY, sizeof bits), &bits) != 0) return;
    (void)control(fd->get(), EVIOCGNAME(name.size() - 1), name.data());
    FoundKeys keys{lasting_path(node, {"/dev/input/by-path", "/dev/input/by-id"}), name.data(), {}};
    for (unsigned key = 1; key < KEY_MAX; ++key)
        if ((bits[key / 8] & (1U << (key % 8))) != 0) keys.keys.push_back(key_name(key));
    if (!keys.keys.empty()) found.keys.push_back(std::move(keys));
}

void add_camera(const std::string& node, Found& found) {
    const auto camera = V4l2Node::open(node);
    if (!camera) {
        found.refused += camera.error().is(Errc::refused) ? 1u : 0u;
        return;
    }
    FoundCameraNode one{lasting_path(node, {"/dev/v4l/by-id", "/dev/v4l/by-path"}), camera->card(),
                        camera->offers()};
    if (!one.offers.empty()) found.cameras.push_back(std::move(one));  // some nodes carry metadata alone
}

}  // namespace

Found look_around() {
    Found found;
    for (ChipFacts& chip : list_chips(&found.refused)) {
        auto lines = list_lines(chip.name);
        if (lines) found.chips.push_back({std::move(chip), *std::move(lines)});
    }
    for (const std::string& node : input_nodes()) add_keys(node, found);
    for (const std::string& node : video_nodes()) add_camera(node, found);
    found.sound = list_sound_cards(found.refused);
    return found;
}

}  // namespace voip::hal::linux
