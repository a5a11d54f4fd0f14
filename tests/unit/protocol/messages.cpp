#include "tests/unit/protocol/messages.hpp"

#include <algorithm>

#include "tests/support/printers.hpp"

namespace voip::test {
namespace {

void edit(json::Value& base, std::string_view path, const json::Value* value) {
    const auto dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    if (dot != std::string_view::npos) {
        json::Value inner = base.find(name) ? *base.find(name) : json::Value();
        edit(inner, path.substr(dot + 1), value);
        base.set(name, std::move(inner));
    } else if (value) {
        base.set(name, *value);
    } else {
        REQUIRE(base.as_object());
        std::erase_if(*base.as_object(), [&](const json::Member& member) { return member.name == name; });
    }
}

}  // namespace

json::Value parsed(std::string_view text) {
    INFO(text);
    const auto value = json::parse(text);
    REQUIRE(value);
    return *value;
}

json::Value edited(json::Value base, std::string_view edits) {
    const json::Value changes = parsed(edits);
    REQUIRE(changes.as_object());
    for (const json::Member& change : *changes.as_object()) {
        const bool away = change.name.front() == '-';
        edit(base, std::string_view(change.name).substr(away ? 1 : 0), away ? nullptr : &change.value);
    }
    return base;
}

bool contains(const json::Value& whole, const json::Value& part) {
    if (const json::Object* members = part.as_object()) {
        return std::all_of(members->begin(), members->end(), [&](const json::Member& member) {
            const json::Value* found = whole.find(member.name);
            return found && contains(*found, member.value);
        });
    }
    const json::Array* wanted = part.as_array();
    const json::Array* found = whole.as_array();
    if (!wanted || !found) return whole == part;
    return wanted->size() == found->size() &&
           std::equal(found->begin(), found->end(), wanted->begin(), contains);
}

MediaQuality some_quality() {
    MediaQuality quality;
    double value = 0.5;
    for (const QualityNumber& each : quality_numbers) quality.*each.place = value++;
    quality.relayed = true;
    quality.codec = "H264, opus";
    return quality;
}

}  // namespace voip::test
