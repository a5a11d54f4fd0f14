#include "daemon/media/program/rtp_h264.hpp"

#include <algorithm>
#include <iterator>

namespace voip::media::rtp {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t header_bytes = 12;
constexpr std::size_t extension_bytes = 8;  // header, one element, padding
constexpr std::size_t room = max_packet - header_bytes - extension_bytes;
constexpr std::byte version{0x80}, extension_bit{0x10}, marker_bit{0x80};
constexpr std::byte type_mask{0x1f}, importance_mask{0xe0};
constexpr std::byte stap_a{24}, fu_a{28}, fu_start{0x80}, fu_end{0x40};

void put16(H264Packetizer::Packet& packet, std::uint32_t value) {
    packet.push_back(static_cast<std::byte>(value >> 8 & 0xff));
    packet.push_back(static_cast<std::byte>(value & 0xff));
}

void put32(H264Packetizer::Packet& packet, std::uint32_t value) {
    put16(packet, value >> 16);
    put16(packet, value & 0xffff);
}

void append(H264Packetizer::Packet& packet, Bytes bytes) {
    packet.insert(packet.end(), bytes.begin(), bytes.end());
}

enum class Nal : unsigned { sei = 6, sps = 7, pps = 8, delimiter = 9, filler = 12 };

Nal type_of(Bytes nal) {
    return static_cast<Nal>(std::to_integer<unsigned>(nal.front() & type_mask));
}
bool is_sent(Bytes nal) {
    return type_of(nal) != Nal::delimiter && type_of(nal) != Nal::filler;
}
bool is_small(Bytes nal) {
    return type_of(nal) == Nal::sps || type_of(nal) == Nal::pps || type_of(nal) == Nal::sei;
}

/// The units between the start codes (annex B of H.264); zeros before a start code are its own.
std::vector<Bytes> split(Bytes stream) {
    constexpr std::byte start_code[] = {std::byte{0}, std::byte{0}, std::byte{1}};
    std::vector<Bytes> nals;
    auto at = std::search(stream.begin(), stream.end(), std::begin(start_code), std::end(start_code));
    while (at != stream.end()) {
        const auto begin = at + std::size(start_code);
        at = std::search(begin, stream.end(), std::begin(start_code), std::end(start_code));
        auto end = at;
        while (end != begin && *std::prev(end) == std::byte{0}) --end;
        if (end != begin) nals.emplace_back(begin, end);
    }
    return nals;
}

/// One-byte header extension with the orientation, put in after the fixed header.
void add_orientation(H264Packetizer::Packet& packet, unsigned rotation) {
    const auto quarter_turns = static_cast<std::uint32_t>(rotation / 90 % 4);
    H264Packetizer::Packet extension;
    put32(extension, 0xbede0001);
    put32(extension, static_cast<std::uint32_t>(orientation_id) << 28 | quarter_turns << 16);
    packet.insert(packet.begin() + header_bytes, extension.begin(), extension.end());
    packet[0] |= extension_bit;
}

}  // namespace

struct H264Packetizer::Picture {
    std::uint32_t timestamp = 0;
    std::vector<Packet> packets;
};

std::vector<H264Packetizer::Packet> H264Packetizer::packets(Bytes access_unit, std::uint32_t timestamp,
                                                            unsigned rotation) {
    Picture picture{timestamp, {}};
    std::vector<Bytes> small;
    const auto flush = [&] {
        put_aggregate(picture, small);
        small.clear();
    };
    for (const Bytes nal : split(access_unit)) {
        if (!is_sent(nal)) continue;
        if (is_small(nal) && nal.size() <= room / 4 && small.size() < 3) {
            small.push_back(nal);
            continue;
        }
        flush();
        if (nal.size() <= room)
            put_single(picture, nal);
        else
            put_fragments(picture, nal);
    }
    flush();
    finish(picture, rotation);
    return std::move(picture.packets);
}

H264Packetizer::Packet& H264Packetizer::begin(Picture& picture) {
    Packet& packet = picture.packets.emplace_back();
    packet.reserve(max_packet);
    packet.push_back(version);
    packet.push_back(static_cast<std::byte>(payload_type_));
    put16(packet, sequence_++);
    put32(packet, picture.timestamp);
    put32(packet, ssrc_);
    return packet;
}

void H264Packetizer::put_single(Picture& picture, Bytes nal) {
    append(begin(picture), nal);
}

void H264Packetizer::put_aggregate(Picture& picture, std::span<const Bytes> nals) {
    if (nals.empty()) return;
    if (nals.size() == 1) return put_single(picture, nals.front());
    Packet& packet = begin(picture);
    std::byte importance{};
    for (const Bytes nal : nals) importance = std::max(importance, nal.front() & importance_mask);
    packet.push_back(importance | stap_a);
    for (const Bytes nal : nals) {
        put16(packet, static_cast<std::uint32_t>(nal.size()));
        append(packet, nal);
    }
}

void H264Packetizer::put_fragments(Picture& picture, Bytes nal) {
    const std::byte indicator = (nal.front() & importance_mask) | fu_a;
    const std::byte type = nal.front() & type_mask;
    Bytes rest = nal.subspan(1);
    // Pieces of about the same size: a tiny last packet costs as much as a full one.
    const std::size_t count = (rest.size() + room - 3) / (room - 2);
    const std::size_t piece = (rest.size() + count - 1) / count;
    for (bool first = true; !rest.empty(); first = false) {
        const Bytes part = rest.first(std::min(piece, rest.size()));
        rest = rest.subspan(part.size());
        Packet& packet = begin(picture);
        packet.push_back(indicator);
        packet.push_back(type | (first ? fu_start : std::byte{}) | (rest.empty() ? fu_end : std::byte{}));
        append(packet, part);
    }
}

void H264Packetizer::finish(Picture& picture, unsigned rotation) {
    if (picture.packets.empty()) return;
    picture.packets.back()[1] |= marker_bit;
    if (rotation != 0) add_orientation(picture.packets.back(), rotation);
}

}  // namespace voip::media::rtp
