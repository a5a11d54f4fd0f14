#include "daemon/ctl/show_media.hpp"

#include <array>
#include <cstdio>
#include <optional>

#include "daemon/ctl/values.hpp"

namespace voip::ctl {
namespace {

using json::Value;

std::optional<double> figure(const Value& value, std::string_view name) {
    const Value* found = value.find(name);
    if (found == nullptr) return std::nullopt;
    if (const std::int64_t* whole = found->as_integer()) return static_cast<double>(*whole);
    if (const double* fraction = found->as_fraction()) return *fraction;
    return std::nullopt;
}

/// With one digit behind the point where that says something.
std::string rounded(double value) {
    std::array<char, 40> text{};
    const bool small = value < 10 && value > 0;
    const int size = std::snprintf(text.data(), text.size(), small ? "%.1f" : "%.0f", value);
    std::string made(text.data(), static_cast<std::size_t>(size));
    if (made.ends_with(".0")) made.resize(made.size() - 2);
    return made;
}

/// Parts with commas between them.
class List {
 public:
    void add(const std::optional<double>& value, std::string_view before, std::string_view after) {
        if (value) add(std::string(before) + rounded(*value) + std::string(after));
    }
    void add(const std::string& part) { text_ += (text_.empty() ? "" : ", ") + part; }
    [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
    std::string text_;
};

std::string on_off(const Value& value, std::string_view name) {
    return std::string(name) + (flag_of(value, name) ? " on" : " off");
}

std::string picture(const Value& quality) {
    const auto width = figure(quality, "width"), height = figure(quality, "height");
    const auto fps = figure(quality, "fps");
    std::string text;
    if (width && height) text = rounded(*width) + "x" + rounded(*height);
    if (fps) text += (text.empty() ? "" : " at ") + rounded(*fps) + " fps";
    return text;
}

}  // namespace

std::string media_text(const Value& media) {
    const std::string state = text_of(media, "state");
    if (state.empty() || state == "none") return state;
    return state + ", " + on_off(media, "camera") + ", " + on_off(media, "microphone");
}

std::string quality_text(const Value& quality) {
    List list;
    list.add(figure(quality, "sendKbps"), "out ", " kbit/s");
    list.add(figure(quality, "receiveKbps"), "in ", " kbit/s");
    if (const std::string shown = picture(quality); !shown.empty()) list.add(shown);
    list.add(figure(quality, "lossPercent"), "loss ", " %");
    list.add(figure(quality, "roundTripMs"), "round trip ", " ms");
    list.add(figure(quality, "jitterMs"), "jitter ", " ms");
    list.add(figure(quality, "concealedPercent"), "concealed ", " %");
    if (flag_of(quality, "relayed")) list.add("relayed");
    return std::move(list).text();
}

std::string short_quality_text(const Value& quality) {
    List list;
    list.add(figure(quality, "fps"), "", " fps");
    list.add(figure(quality, "lossPercent"), "loss ", " %");
    list.add(figure(quality, "roundTripMs"), "", " ms");
    if (flag_of(quality, "relayed")) list.add("relayed");
    return std::move(list).text();
}

}  // namespace voip::ctl
