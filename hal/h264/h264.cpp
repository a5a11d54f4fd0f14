#include "hal/h264/h264.hpp"

#include <algorithm>
#include <optional>

namespace voip::hal::h264 {
namespace {

constexpr std::uint64_t max_side = 16384;  // pixels; level 6.2 stays below it

struct Found {
    std::size_t code = 0;  // where the start code begins, its leading zero included
    std::size_t nal = 0;   // where the unit begins
};

std::optional<Found> next_start(Bytes stream, std::size_t from) {
    for (std::size_t i = from; i + 3 < stream.size(); ++i) {
        if (stream[i + 2] > std::byte{1}) {
            i += 2;  // no start code reaches over this byte
            continue;
        }
        if (stream[i] != std::byte{0} || stream[i + 1] != std::byte{0} || stream[i + 2] != std::byte{1})
            continue;
        const bool longer = i > from && stream[i - 1] == std::byte{0};
        return Found{longer ? i - 1 : i, i + 3};
    }
    return std::nullopt;
}

NalType type_of(std::byte header) {
    return static_cast<NalType>(std::to_integer<unsigned>(header) & 0x1f);
}

template <class Use>  // (Found start, size_t end, NalType)
void each_nal(Bytes stream, const Use& use) {
    auto start = next_start(stream, 0);
    while (start) {
        const auto next = next_start(stream, start->nal);
        const std::size_t end = next ? next->code : stream.size();
        if (end > start->nal)
            use(*start, end, type_of(stream[start->nal]));  // two codes in a row: none between
        start = next;
    }
}

// A slice whose first_mb_in_slice is 0 begins a picture: ue(v) of 0 is a single 1 bit.
bool first_slice(Bytes stream, std::size_t nal, std::size_t end) {
    return nal + 1 < end && (stream[nal + 1] & std::byte{0x80}) != std::byte{0};
}

bool is_slice(NalType type) {
    return type == NalType::slice || type == NalType::idr;
}
bool begins_picture(NalType type) {
    return type >= NalType::sei && type <= NalType::delimiter;
}

// Bits of a unit's payload; the bytes that keep start codes out (00 00 03) are skipped. Reading past the end
// gives zeros and is remembered.
class Bits {
 public:
    explicit Bits(Bytes payload) : payload_(payload) {}

    std::uint32_t bit() {
        if (at_ == payload_.size()) {
            over_ = true;
            return 0;
        }
        const std::uint32_t value = (std::to_integer<unsigned>(payload_[at_]) >> left_) & 1u;
        if (left_ == 0)
            next_byte();
        else
            --left_;
        return value;
    }
    std::uint32_t bits(unsigned count) {
        std::uint32_t value = 0;
        while (count-- > 0) value = (value << 1) | bit();
        return value;
    }
    std::uint32_t ue() {
        unsigned zeros = 0;
        while (!over_ && bit() == 0) ++zeros;
        if (zeros > 31) over_ = true;
        return over_ ? 0 : (1u << zeros) - 1 + bits(zeros);
    }
    void se() { (void)ue(); }
    [[nodiscard]] bool over() const { return over_; }

 private:
    void next_byte() {
        left_ = 7;
        zeros_ = payload_[at_] == std::byte{0} ? zeros_ + 1 : 0;
        ++at_;
        if (zeros_ >= 2 && at_ < payload_.size() && payload_[at_] == std::byte{3}) {
            ++at_;
            zeros_ = 0;
        }
    }

    Bytes payload_;
    std::size_t at_ = 0;
    unsigned left_ = 7;
    unsigned zeros_ = 0;
    bool over_ = false;
};

void skip_scaling_list(Bits& bits, unsigned size) {
    int last = 8;
    int next = 8;
    for (unsigned i = 0; i < size && !bits.over(); ++i) {
        if (next != 0) {
            const std::uint32_t code = bits.ue();
            const auto delta = static_cast<int>((code + 1) / 2) * (code % 2 == 0 ? -1 : 1);
            next = (last + delta) & 0xff;
        }
        last = next == 0 ? last : next;
    }
}

// Returns chroma_format_idc.
unsigned read_high_profile(Bits& bits) {
    const unsigned chroma = bits.ue();
    if (chroma == 3) (void)bits.bit();
    (void)bits.ue();  // bit depths
    (void)bits.ue();
    (void)bits.bit();
    if (bits.bit() == 1)
        for (unsigned i = 0; i < (chroma == 3 ? 12u : 8u); ++i)
            if (bits.bit() == 1) skip_scaling_list(bits, i < 6 ? 16 : 64);
    return chroma;
}

void skip_order_count(Bits& bits) {
    const std::uint32_t type = bits.ue();
    if (type == 0) (void)bits.ue();
    if (type != 1) return;
    (void)bits.bit();
    bits.se();
    bits.se();
    const std::uint32_t cycle = std::min(bits.ue(), 255u);
    for (std::uint32_t i = 0; i < cycle && !bits.over(); ++i) bits.se();
}

bool read_size(Bits& bits, unsigned chroma, Sps& sps) {
    std::uint64_t width = (std::uint64_t{bits.ue()} + 1) * 16;
    const std::uint64_t map_units = std::uint64_t{bits.ue()} + 1;
    const unsigned frames_only = bits.bit();
    if (frames_only == 0) (void)bits.bit();
    (void)bits.bit();
    std::uint64_t height = map_units * 16 * (2 - frames_only);
    if (bits.bit() == 1) {
        const std::uint64_t x = chroma == 1 || chroma == 2 ? 2 : 1;
        const std::uint64_t y = (chroma == 1 ? 2u : 1u) * (2 - frames_only);
        const std::uint64_t across = (std::uint64_t{bits.ue()} + bits.ue()) * x;
        const std::uint64_t down = (std::uint64_t{bits.ue()} + bits.ue()) * y;
        if (across >= width || down >= height) return false;
        width -= across;
        height -= down;
    }
    if (bits.over() || width > max_side || height > max_side) return false;
    sps.width = static_cast<unsigned>(width);
    sps.height = static_cast<unsigned>(height);
    return true;
}

bool has_chroma_format(unsigned profile) {
    constexpr unsigned profiles[] = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244};
    return std::ranges::binary_search(profiles, profile);
}

}  // namespace

std::vector<Nal> split(Bytes stream) {
    std::vector<Nal> units;
    each_nal(stream, [&](Found start, std::size_t end, NalType type) {
        units.push_back({type, stream.subspan(start.nal, end - start.nal)});
    });
    return units;
}

std::vector<Picture> pictures(Bytes stream) {
    std::vector<Picture> found;
    std::optional<std::size_t> begin;
    Picture now;
    bool coded = false;  // a slice of the picture was seen
    bool sps = false;
    bool pps = false;
    const auto close = [&](std::size_t end) {
        if (begin && coded) {
            now.bytes = stream.subspan(*begin, end - *begin);
            now.parameters = sps && pps;
            found.push_back(now);
        }
        now = {};
        begin = end;
        coded = sps = pps = false;
    };
    each_nal(stream, [&](Found start, std::size_t end, NalType type) {
        if (!begin) begin = start.code;
        if (coded && (begins_picture(type) || (is_slice(type) && first_slice(stream, start.nal, end))))
            close(start.code);
        coded = coded || is_slice(type);
        now.idr = now.idr || type == NalType::idr;
        sps = sps || type == NalType::sps;
        pps = pps || type == NalType::pps;
    });
    close(stream.size());
    return found;
}

bool is_key(Bytes access_unit) {
    bool sps = false;
    bool pps = false;
    for (const Nal& nal : split(access_unit)) {
        sps = sps || nal.type == NalType::sps;
        pps = pps || nal.type == NalType::pps;
        if (is_slice(nal.type)) return nal.type == NalType::idr && sps && pps;
    }
    return false;
}

Result<Sps> read_sps(Bytes nal) {
    if (nal.size() < 4 || type_of(nal[0]) != NalType::sps) return fail(Errc::bad_message, "no SPS");
    Bits bits(nal.subspan(1));
    Sps sps;
    sps.profile = bits.bits(8);
    sps.constraints = bits.bits(8);
    sps.level = bits.bits(8);
    (void)bits.ue();  // its number
    const unsigned chroma = has_chroma_format(sps.profile) ? read_high_profile(bits) : 1;
    (void)bits.ue();  // log2_max_frame_num_minus4
    skip_order_count(bits);
    (void)bits.ue();  // max_num_ref_frames
    (void)bits.bit();
    if (!read_size(bits, chroma, sps)) return fail(Errc::bad_message, "SPS without a sensible picture size");
    return sps;
}

}  // namespace voip::hal::h264
