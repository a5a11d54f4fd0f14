#include "hal/linux/av/camera.hpp"

namespace voip::hal::linux {
namespace {

Result<FoundCamera> try_node(const std::string& path, const CameraSettings& settings) {
    auto node = V4l2Node::open(path);
    if (!node) return node.error();
    auto choice = choose(node->offers(), settings, path);
    if (!choice) return choice.error();
    return FoundCamera{std::make_unique<V4l2Node>(std::move(*node)), *std::move(choice)};
}

}  // namespace

Result<FoundCamera> find_camera(const CameraSettings& settings) {
    if (!settings.device.empty()) return try_node(settings.device, settings);
    std::optional<Error> first;  // of a camera: nodes that are none are passed over
    for (const std::string& path : video_nodes()) {
        auto found = try_node(path, settings);
        if (found) return found;
        const bool camera = found.error().context.find("is no camera") == std::string::npos;
        if (camera && !first) first = found.error();
    }
    return first ? *first : fail(Errc::device_gone, "this machine has no camera (/dev/video*)");
}

}  // namespace voip::hal::linux
