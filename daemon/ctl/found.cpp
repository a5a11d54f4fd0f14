#include "daemon/ctl/found.hpp"

#include <algorithm>

#include "daemon/ctl/values.hpp"

namespace voip::ctl {
namespace {

using json::Value;
using namespace hal::linux;

constexpr std::size_t most_keys = 8, most_sizes = 12;  // that are shown

Value text(std::string value) {
    return Value(std::move(value));
}

/// {name: {a: x, b: y}}
Value config_of(std::string_view name, Value inner) {
    Value config;
    config.set(name, std::move(inner));
    return config;
}

bool told_apart(const std::string& name, const FoundChip& chip) {
    return std::ranges::count(chip.lines, name, &LineFacts::name) == 1;
}

Value encode_line(const FoundChip& chip, std::size_t offset, bool label) {
    const LineFacts& line = chip.lines[offset];
    Value one;
    one.set("offset", static_cast<std::int64_t>(offset)).set("name", line.name).set("output", line.output);
    one.set("used", line.used).set("consumer", line.consumer);
    if (line.used) return one;
    Value gpio;
    gpio.set("chip", label ? chip.chip.label : chip.chip.name);
    gpio.set("line", !line.name.empty() && told_apart(line.name, chip) ? line.name : std::to_string(offset));
    return one.set("config", config_of("gpio", std::move(gpio)));
}

Value encode_chip(const FoundChip& chip, const Found& found) {
    // A label outlives a change of numbers, where it is the only one.
    const auto same = std::ranges::count_if(
        found.chips, [&](const FoundChip& other) { return other.chip.label == chip.chip.label; });
    json::Array lines;
    for (std::size_t i = 0; i < chip.lines.size(); ++i)
        lines.push_back(encode_line(chip, i, same == 1 && !chip.chip.label.empty()));
    Value one;
    one.set("chip", chip.chip.name).set("label", chip.chip.label);
    return one.set("lines", std::move(lines));
}

Value encode_keys(const FoundKeys& keys) {
    json::Array names;
    for (const std::string& name : keys.keys) names.push_back(text(name));
    Value key;
    key.set("device", keys.device).set("code", keys.keys.front());
    Value one;
    one.set("device", keys.device).set("name", keys.name).set("keys", std::move(names));
    return one.set("config", config_of("key", std::move(key)));
}

/// The size that is nearest to the usual one, of the first format that can be sent.
Value camera_config(const FoundCameraNode& camera) {
    hal::CameraSettings usual;
    Value inner;
    inner.set("device", camera.device);
    if (choose(camera.offers, usual, camera.device)) return config_of("camera", std::move(inner));
    for (const FormatOffer& offer : camera.offers) {
        if (!offer.pixels()) continue;
        for (const SizeOffer& size : offer.sizes) {
            usual.width = size.width, usual.height = size.height;
            for (const unsigned fps : {15u, 10u, 5u, 1u}) {
                usual.fps = fps;
                if (size.width > 1920 || size.height > 1920 || !choose(camera.offers, usual, camera.device))
                    continue;
                inner.set("width", static_cast<std::int64_t>(size.width));
                inner.set("height", static_cast<std::int64_t>(size.height));
                inner.set("fps", static_cast<std::int64_t>(fps));
                return config_of("camera", std::move(inner));
            }
        }
    }
    return {};
}

Value encode_camera(const FoundCameraNode& camera) {
    json::Array formats;
    for (const FormatOffer& offer : camera.offers) {
        json::Array sizes;
        for (const SizeOffer& size : offer.sizes) sizes.push_back(text(describe(size)));
        Value format;
        format.set("format", offer.fourcc).set("usable", offer.pixels().has_value());
        formats.push_back(format.set("sizes", std::move(sizes)));
    }
    Value one;
    one.set("device", camera.device).set("name", camera.name).set("formats", std::move(formats));
    Value config = camera_config(camera);
    return config.as_object() ? one.set("config", std::move(config)) : one;
}

Value encode_sound(const SoundCard& card) {
    Value config{json::Object{}};
    Value device;
    device.set("device", card.device);
    if (card.records) config.set("microphone", device);
    if (card.plays) config.set("speaker", device);
    Value one;
    one.set("device", card.device)
        .set("name", card.name)
        .set("records", card.records)
        .set("plays", card.plays);
    return one.set("config", std::move(config));
}

/// A config value as it stands in the file, without the braces around it.
std::string config_line(const Value& item) {
    const Value* const config = item.find("config");
    if (config == nullptr) return {};
    const std::string whole = json::write(*config);
    return whole.substr(1, whole.size() - 2);
}

std::string joined(const Value& list, std::size_t most) {
    std::string all;
    std::size_t count = 0;
    for (const Value& each : *list.as_array()) {
        if (++count > most) return all + ", ...";
        all += (all.empty() ? "" : ", ") + clean(each.as_string() ? *each.as_string() : "");
    }
    return all;
}

class Lines {
 public:
    explicit Lines(const Look& look) : look_(look) {}
    void head(const std::string& words) { text_ += paint(clean(words), Colour::none, look_) + "\n"; }
    void line(const std::string& words) { text_ += "  " + clean(words) + "\n"; }
    void config(const Value& item) {
        if (const std::string words = config_line(item); !words.empty())
            text_ += "    " + paint(clean(words), Colour::good, look_) + "\n";
    }
    std::string take() && { return std::move(text_); }

 private:
    Look look_;
    std::string text_;
};

void show_lines(const Value& chip, Lines& lines) {
    for (const Value& line : list_of(chip, "lines")) {
        std::string words = std::to_string(number_of(line, "offset")) + " " + text_of(line, "name");
        if (flag_of(line, "output")) words += " (output)";
        if (flag_of(line, "used")) words += " used by " + text_of(line, "consumer");
        lines.line(words);
        lines.config(line);
    }
}

void show_formats(const Value& camera, Lines& lines) {
    json::Array others;
    for (const Value& format : list_of(camera, "formats"))
        if (flag_of(format, "usable"))
            lines.line(text_of(format, "format") + ": " + joined(*format.find("sizes"), most_sizes));
        else
            others.push_back(*format.find("format"));
    if (!others.empty()) lines.line("not used: " + joined(Value(std::move(others)), most_sizes));
}

}  // namespace

Value encode(const Found& found) {
    json::Array chips, keys, cameras, sound;
    for (const FoundChip& chip : found.chips) chips.push_back(encode_chip(chip, found));
    for (const FoundKeys& each : found.keys) keys.push_back(encode_keys(each));
    for (const FoundCameraNode& camera : found.cameras) cameras.push_back(encode_camera(camera));
    for (const SoundCard& card : found.sound) sound.push_back(encode_sound(card));
    Value all;
    all.set("gpio", std::move(chips)).set("keys", std::move(keys)).set("cameras", std::move(cameras));
    return all.set("sound", std::move(sound)).set("refused", static_cast<std::int64_t>(found.refused));
}

std::string show_found(const Value& found, const Look& look) {
    Lines lines(look);
    for (const Value& chip : list_of(found, "gpio")) {
        lines.head("GPIO chip " + text_of(chip, "chip") + " \"" + text_of(chip, "label") + "\"");
        show_lines(chip, lines);
    }
    for (const Value& keys : list_of(found, "keys")) {
        lines.head("keys of \"" + text_of(keys, "name") + "\"");
        lines.line(joined(*keys.find("keys"), most_keys));
        lines.config(keys);
    }
    for (const Value& camera : list_of(found, "cameras")) {
        lines.head("camera \"" + text_of(camera, "name") + "\"");
        show_formats(camera, lines);
        lines.config(camera);
    }
    for (const Value& card : list_of(found, "sound")) {
        lines.head("sound card \"" + text_of(card, "name") + "\"");
        lines.config(card);
    }
    std::string text = std::move(lines).take();
    if (text.empty()) text = "no GPIO lines, keys, cameras or sound cards were found on this machine\n";
    if (const auto refused = number_of(found, "refused"); refused > 0)
        text += std::to_string(refused) +
                " devices may not be opened by this user: run it as root, or as a member of gpio, input, "
                "video and audio\n";
    return text;
}

}  // namespace voip::ctl
