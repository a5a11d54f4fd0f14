#include "daemon/media/program/sdp.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace voip::media::sdp {
namespace {

constexpr std::size_t max_lines = 1024;
constexpr std::size_t max_media = 8;
constexpr std::size_t max_payloads = 64;

Error bad(std::string what) {
    return fail(Errc::bad_message, std::move(what));
}

/// Lines end with CRLF; a bare LF is taken too (RFC 8866, 5).
std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

std::optional<unsigned> number(std::string_view text, unsigned max) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
    return value;
}

bool is_ice_text(std::string_view text, std::size_t min) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
               c == '/' || c == '-' || c == '_' || c == '=';
    };
    return text.size() >= min && text.size() <= 256 && std::all_of(text.begin(), text.end(), fits);
}

/// RFC 8866, 9. Libraries end a line at a CR and a text at a NUL: what was judged as one line would be others
/// to them.
bool is_byte_string(std::string_view text) {
    constexpr std::string_view ends("\0\r\n", 3);
    return text.find_first_of(ends) == std::string_view::npos;
}

/// m=audio 9 UDP/TLS/RTP/SAVPF 111 96
Result<Media> read_media_line(std::string_view value) {
    Media media;
    media.kind = next_word(value);
    const auto port = number(next_word(value), 65535);
    const auto proto = next_word(value);
    if (media.kind != "audio" && media.kind != "video")
        return bad("an m-line that is neither audio nor video");
    if (!port) return bad("no port in an m-line");
    if (proto != "UDP/TLS/RTP/SAVPF") return bad("a protocol other than UDP/TLS/RTP/SAVPF");
    media.rejected = *port == 0;
    for (auto word = next_word(value); !word.empty(); word = next_word(value)) {
        const auto payload = number(word, 127);
        if (!payload || media.payloads.size() >= max_payloads) return bad("payload types of an m-line");
        media.payloads.push_back(*payload);
    }
    if (media.payloads.empty()) return bad("an m-line without payload type");
    return media;
}

/// a=... as far as it concerns us.
void read_attribute(std::string_view attribute, Media& into) {
    const auto colon = std::min(attribute.find(':'), attribute.size());
    const auto name = attribute.substr(0, colon);
    const auto value = colon < attribute.size() ? attribute.substr(colon + 1) : std::string_view();
    if (name == "mid") into.mid = value;
    if (name == "setup") into.setup = value;
    if (name == "ice-ufrag") into.ufrag = value;
    if (name == "ice-pwd") into.pwd = value;
    if (name == "fingerprint") into.fingerprint = value;
    if (name == "bundle-only") into.rejected = false;
}

void inherit(const Media& session, Media& media) {
    if (media.setup.empty()) media.setup = session.setup;
    if (media.ufrag.empty()) media.ufrag = session.ufrag;
    if (media.pwd.empty()) media.pwd = session.pwd;
    if (media.fingerprint.empty()) media.fingerprint = session.fingerprint;
}

std::optional<std::size_t> digest_bytes(std::string_view algorithm) {
    if (algorithm == "sha-256") return 32;
    if (algorithm == "sha-384") return 48;
    if (algorithm == "sha-512") return 64;
    return std::nullopt;
}

bool is_digest(std::string_view text, std::size_t bytes) {
    if (text.size() != bytes * 3 - 1) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
        if (i % 3 == 2 ? c != ':' : !digit) return false;
    }
    return true;
}

Result<void> read_fingerprint(std::string_view text, Accepted& into) {
    std::string algorithm(next_word(text));
    std::string digest(next_word(text));
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    std::transform(algorithm.begin(), algorithm.end(), algorithm.begin(), lower);
    std::transform(digest.begin(), digest.end(), digest.begin(), upper);
    const auto bytes = digest_bytes(algorithm);
    if (!bytes || !is_digest(digest, *bytes)) return bad("a fingerprint that cannot be checked");
    if (!into.fingerprint.empty() && (into.fingerprint != digest || into.algorithm != algorithm))
        return bad("more than one fingerprint");
    into.algorithm = std::move(algorithm);
    into.fingerprint = std::move(digest);
    return {};
}

Result<void> judge_media(const Media& offered, const Media& answered, Accepted& into) {
    if (answered.kind != offered.kind) return bad("an m-line of another kind than was offered");
    if (answered.mid != offered.mid) return bad("an m-line with another mid than was offered");
    if (answered.rejected) return {};  // browsers leave out what a line without use would need
    for (const unsigned payload : answered.payloads)
        if (std::find(offered.payloads.begin(), offered.payloads.end(), payload) == offered.payloads.end())
            return bad("a payload type that was not offered");
    if (answered.setup != "active" && answered.setup != "passive")
        return bad("setup is not active or passive");
    if (!is_ice_text(answered.ufrag, 4) || !is_ice_text(answered.pwd, 22))
        return bad("no ICE user or password");
    if (const auto read = read_fingerprint(answered.fingerprint, into); !read) return read.error();
    into.audio = into.audio || answered.kind == "audio";
    into.video = into.video || answered.kind == "video";
    return {};
}

std::string without_useless_candidates(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto line = next_line(text);
        if (line.empty()) continue;
        if (line.starts_with("a=candidate:")) {
            const auto use = judge_candidate(line);
            if (!use || *use == CandidateUse::skip) continue;
        }
        out.append(line).append("\r\n");
    }
    return out;
}

struct Candidate {
    std::string_view foundation, component, transport, address, port, type_word, type;
};

Candidate split_candidate(std::string_view text) {
    Candidate read;
    read.foundation = next_word(text);
    read.component = next_word(text);
    read.transport = next_word(text);
    const auto priority = next_word(text);
    read.address = next_word(text);
    read.port = next_word(text);
    read.type_word = next_word(text);
    read.type = next_word(text);
    if (!number(priority, 0xffffffff)) read.component = {};
    return read;
}

/// What follows "candidate:".
std::optional<std::string_view> body_of(std::string_view candidate) {
    if (candidate.starts_with("a=")) candidate.remove_prefix(2);
    constexpr std::string_view prefix = "candidate:";
    if (!candidate.starts_with(prefix)) return std::nullopt;
    return candidate.substr(prefix.size());
}

bool is_address(std::string_view text) {
    const std::string terminated(text);
    unsigned char binary[sizeof(in6_addr)];
    return ::inet_pton(AF_INET, terminated.c_str(), binary) == 1 ||
           ::inet_pton(AF_INET6, terminated.c_str(), binary) == 1;
}

}  // namespace

Result<std::vector<Media>> parse(std::string_view text) {
    if (!text.starts_with("v=0\r\n") && !text.starts_with("v=0\n")) return bad("line 1: not v=0");
    Media session;
    std::vector<Media> medias;
    for (std::size_t line_number = 1; !text.empty(); ++line_number) {
        const auto line = next_line(text);
        if (line.empty() && text.empty()) break;
        const bool shaped = line.size() >= 2 && line[0] >= 'a' && line[0] <= 'z' && line[1] == '=';
        if (!shaped || !is_byte_string(line) || line_number > max_lines)
            return bad("line " + std::to_string(line_number));
        if (line[0] == 'm') {
            auto media = read_media_line(line.substr(2));
            if (!media) return within("line " + std::to_string(line_number), media.error());
            if (medias.size() == max_media) return bad("more than 8 m-lines");
            medias.push_back(std::move(*media));
        }
        if (line[0] == 'a') read_attribute(line.substr(2), medias.empty() ? session : medias.back());
    }
    for (Media& media : medias) inherit(session, media);
    return medias;
}

Result<Accepted> judge_answer(std::string_view offer, std::string_view answer) {
    const auto offered = parse(offer);
    if (!offered) return within("offer", offered.error());
    const auto answered = parse(answer);
    if (!answered) return answered.error();
    if (answered->size() != offered->size()) return bad("another number of m-lines than was offered");
    Accepted accepted;
    for (std::size_t i = 0; i < answered->size(); ++i)
        if (const auto judged = judge_media((*offered)[i], (*answered)[i], accepted); !judged)
            return within("m-line " + std::to_string(i), judged.error());
    if (!accepted.audio && !accepted.video) return bad("nothing of the offer was taken");
    accepted.sdp = without_useless_candidates(answer);
    return accepted;
}

std::string with_remb(std::string offer, unsigned payload) {
    const std::string feedback = "a=rtcp-fb:" + std::to_string(payload);
    const auto at = offer.find(feedback + " nack pli\r\n");
    if (at != std::string::npos) offer.insert(at, feedback + " goog-remb\r\n");
    return offer;
}

std::string without_remb(std::string_view answer) {
    std::string kept;
    while (!answer.empty()) {
        const auto line = answer.substr(0, std::min(answer.find('\n'), answer.size() - 1) + 1);
        if (!(line.starts_with("a=rtcp-fb:") && line.find("goog-remb") != std::string_view::npos))
            kept += line;
        answer.remove_prefix(line.size());
    }
    return kept;
}

Result<CandidateUse> judge_candidate(std::string_view candidate) {
    if (candidate.empty()) return CandidateUse::skip;
    const auto body = body_of(candidate);
    if (!body || !is_byte_string(*body)) return bad("not a candidate");
    const Candidate read = split_candidate(*body);
    const auto component = number(read.component, 256);
    const auto port = number(read.port, 65535);
    if (!component || !port || read.type_word != "typ" || read.type.empty())
        return bad("a candidate's fields");
    const bool udp = read.transport == "udp" || read.transport == "UDP";
    const bool hidden = read.address.ends_with(".local");
    if (!hidden && !is_address(read.address)) return bad("a candidate's address");
    return *component == 1 && udp && !hidden && *port != 0 ? CandidateUse::use : CandidateUse::skip;
}

std::optional<Origin> origin_of(std::string_view candidate) {
    const auto judged = judge_candidate(candidate);
    if (!judged || *judged != CandidateUse::use) return std::nullopt;
    const Candidate read = split_candidate(*body_of(candidate));
    return Origin{std::string(read.foundation), read.type == "relay"};
}

}  // namespace voip::media::sdp
