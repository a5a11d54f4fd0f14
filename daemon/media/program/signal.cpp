#include "daemon/media/program/signal.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/reader.hpp"

namespace voip::media {
namespace {

constexpr SessionId max_session = 1'000'000;  // a call that began one each second for eleven days
constexpr std::size_t candidate_bytes = 1024;
constexpr std::size_t mid_bytes = 64;
constexpr std::int64_t max_line = 7;

bool has_no_nul(std::string_view text) noexcept {
    return text.find('\0') == std::string_view::npos;
}

bool is_one_line(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

constexpr TextRule sdp_rule{limits::signal_bytes, 1, has_no_nul, "must hold no NUL"};
constexpr TextRule candidate_rule{candidate_bytes, 0, is_one_line, "must hold no control characters"};
constexpr TextRule mid_rule{mid_bytes, 0, is_one_line, "must hold no control characters"};

enum class Type { offer, answer, candidate, want_offer, media };

std::optional<Type> type_of(std::string_view word) noexcept {
    constexpr std::pair<std::string_view, Type> words[] = {{"offer", Type::offer},
                                                           {"answer", Type::answer},
                                                           {"candidate", Type::candidate},
                                                           {"want-offer", Type::want_offer},
                                                           {"media", Type::media}};
    for (const auto& [name, type] : words)
        if (name == word) return type;
    return std::nullopt;
}

SessionId read_session(Reader& reader, SessionId least) {
    return static_cast<SessionId>(reader.integer("session", least, max_session));
}

bool is_given(const Reader& reader, std::string_view name) {
    const json::Value* value = reader.peek(name);
    return value && !value->is_null();
}

signal::Candidate read_candidate(Reader& reader) {
    signal::Candidate read;
    read.session = read_session(reader, 1);
    read.candidate = reader.string("candidate", candidate_rule);
    if (is_given(reader, "sdpMid")) read.mid = reader.string("sdpMid", mid_rule);
    if (is_given(reader, "sdpMLineIndex"))
        read.line = static_cast<unsigned>(reader.integer("sdpMLineIndex", 0, max_line));
    return read;
}

template <class Description>
Description read_description(Reader& reader) {
    Description read;
    read.session = read_session(reader, 1);
    read.sdp = reader.string("sdp", sdp_rule);
    return read;
}

template <class Description>
json::Value encode_description(std::string_view type, const Description& description) {
    json::Value object;
    object.set("type", type).set("session", static_cast<std::int64_t>(description.session));
    return object.set("sdp", description.sdp);
}

json::Value encode_one(const signal::Offer& offer) {
    return encode_description("offer", offer);
}
json::Value encode_one(const signal::Answer& answer) {
    return encode_description("answer", answer);
}
json::Value encode_one(const signal::Candidate& candidate) {
    json::Value object;
    object.set("type", "candidate").set("session", static_cast<std::int64_t>(candidate.session));
    object.set("candidate", candidate.candidate).set("sdpMid", candidate.mid);
    return object.set("sdpMLineIndex", candidate.line);
}
json::Value encode_one(const signal::WantOffer& want) {
    json::Value object;
    return object.set("type", "want-offer").set("session", static_cast<std::int64_t>(want.session));
}
json::Value encode_one(const signal::Media& media) {
    json::Value object;
    return object.set("type", "media").set("camera", media.camera).set("microphone", media.microphone);
}

}  // namespace

json::Value encode(const Signal& signal) {
    return std::visit([](const auto& one) { return encode_one(one); }, signal.what);
}

Answer<Signal> decode_signal(const json::Value& body) {
    Reader reader(body);
    Signal signal;
    switch (reader.word("type", type_of)) {
        case Type::offer:
            if (reader.ok()) signal.what = read_description<signal::Offer>(reader);
            break;
        case Type::answer: signal.what = read_description<signal::Answer>(reader); break;
        case Type::candidate: signal.what = read_candidate(reader); break;
        case Type::want_offer: signal.what = signal::WantOffer{read_session(reader, 0)}; break;
        case Type::media: {
            const bool camera = reader.boolean("camera");
            signal.what = signal::Media{camera, reader.boolean("microphone")};
            break;
        }
    }
    return reader.finish(std::move(signal));
}

}  // namespace voip::media
