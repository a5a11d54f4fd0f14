#include "daemon/ctl/qr.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace voip::ctl {
namespace {

using Bytes = std::vector<unsigned char>;

/// Error correction of level L: check bytes in each block, number of blocks. @source ISO/IEC 18004, table 9
struct Blocks {
    int check_bytes, count;
};
constexpr std::array<Blocks, 20> blocks_of{{{7, 1},  {10, 1}, {15, 1}, {20, 1}, {26, 1}, {18, 2}, {20, 2},
                                            {24, 2}, {30, 2}, {18, 4}, {20, 4}, {24, 4}, {26, 4}, {30, 4},
                                            {22, 6}, {24, 6}, {28, 6}, {30, 6}, {28, 7}, {28, 8}}};
constexpr int level_l = 1;  // its two bits in the format information

Blocks blocks(int version) {
    return blocks_of[static_cast<std::size_t>(version - 1)];
}

int alignments_on_a_side(int version) {
    return version == 1 ? 0 : version / 7 + 2;
}

/// Bytes that fit between the patterns, data and check bytes together.
int codewords_of(int version) {
    const int side = version * 4 + 17;
    const int n = alignments_on_a_side(version);
    int modules =
        side * side - 3 * 64 - 31 - 2 * (side - 16);  // finders, format with the dark module, timing
    // Alignment patterns of 25 modules, none in three corners; those on the timing lines share five with
    // them.
    if (n > 0) modules -= (n * n - 3) * 25 - (n - 2) * 2 * 5;
    if (version >= 7) modules -= 36;
    return modules / 8;
}

int data_bytes_of(int version) {
    return codewords_of(version) - blocks(version).check_bytes * blocks(version).count;
}

// Arithmetic of GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
unsigned char multiply(unsigned char a, unsigned char b) {
    unsigned product = 0;
    for (int bit = 7; bit >= 0; --bit) {
        product = (product << 1U) ^ ((product >> 7U) * 0x11dU);
        if (((static_cast<unsigned>(b) >> static_cast<unsigned>(bit)) & 1U) != 0) product ^= a;
    }
    return static_cast<unsigned char>(product);
}

/// Coefficients of (x - 1)(x - 2)(x - 4)... without the leading one, highest power first.
Bytes generator(int degree) {
    Bytes polynomial(static_cast<std::size_t>(degree), 0);
    polynomial.back() = 1;
    unsigned char root = 1;
    for (int i = 0; i < degree; ++i) {
        for (std::size_t j = 0; j < polynomial.size(); ++j) {
            polynomial[j] = multiply(polynomial[j], root);
            if (j + 1 < polynomial.size()) polynomial[j] ^= polynomial[j + 1];
        }
        root = multiply(root, 2);
    }
    return polynomial;
}

Bytes check_bytes(const Bytes& data, const Bytes& divisor) {
    Bytes rest(divisor.size(), 0);
    for (const unsigned char byte : data) {
        const unsigned char factor = byte ^ rest.front();
        std::rotate(rest.begin(), rest.begin() + 1, rest.end());
        rest.back() = 0;
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] ^= multiply(divisor[i], factor);
    }
    return rest;
}

/// Mode, length, text, end mark and filling.
Bytes data_of(std::string_view text, int version) {
    const auto capacity = static_cast<std::size_t>(data_bytes_of(version));
    Bytes bytes;
    unsigned held = 0x4;  // byte mode; what follows is always four bits off
    const auto push = [&](unsigned byte) {
        bytes.push_back(static_cast<unsigned char>((held << 4U) | (byte >> 4U)));
        held = byte & 0xfU;
    };
    if (version >= 10) push(static_cast<unsigned>(text.size() >> 8U));
    push(static_cast<unsigned>(text.size() & 0xffU));
    for (const char c : text) push(static_cast<unsigned char>(c));
    bytes.push_back(static_cast<unsigned char>(held << 4U));  // the end mark: four zero bits
    for (bool first = true; bytes.size() < capacity; first = !first) bytes.push_back(first ? 0xec : 0x11);
    return bytes;
}

/// Cuts the data into blocks, adds their check bytes, and takes from each block in turn.
Bytes interleave(const Bytes& data, int version) {
    const auto [check, count] = blocks(version);
    const int shorter = static_cast<int>(data.size()) / count;
    const int longer_ones = static_cast<int>(data.size()) % count;  // the last ones have a byte more
    const Bytes divisor = generator(check);
    std::vector<Bytes> parts, checks;
    for (auto from = data.begin(); from != data.end();
         from += static_cast<std::ptrdiff_t>(parts.back().size())) {
        const int index = static_cast<int>(parts.size());
        parts.emplace_back(from, from + shorter + (index >= count - longer_ones ? 1 : 0));
        checks.push_back(check_bytes(parts.back(), divisor));
    }
    Bytes all;
    const auto take = [&](const std::vector<Bytes>& from, std::size_t length) {
        for (std::size_t i = 0; i < length; ++i)
            for (const Bytes& part : from)
                if (i < part.size()) all.push_back(part[i]);
    };
    take(parts, static_cast<std::size_t>(shorter) + 1);
    take(checks, static_cast<std::size_t>(check));
    return all;
}

bool bit(unsigned value, int index) {
    return ((value >> static_cast<unsigned>(index)) & 1U) != 0;
}

/// The rest of value * 2^degree divided by the polynomial, over GF(2).
unsigned remainder(unsigned value, unsigned polynomial, int degree) {
    unsigned rest = value;
    for (int i = 0; i < degree; ++i) rest = (rest << 1U) ^ (bit(rest, degree - 1) ? polynomial : 0U);
    return rest & ((1U << static_cast<unsigned>(degree)) - 1U);
}

bool masked(int mask, int x, int y) {
    switch (mask) {
        case 0: return (x + y) % 2 == 0;
        case 1: return y % 2 == 0;
        case 2: return x % 3 == 0;
        case 3: return (x + y) % 3 == 0;
        case 4: return (x / 3 + y / 2) % 2 == 0;
        case 5: return x * y % 2 + x * y % 3 == 0;
        case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
        default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
}

}  // namespace

QrCode::QrCode(int version)
    : version_(version),
      size_(version * 4 + 17),
      modules_(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_)) {}

std::optional<QrCode> QrCode::of(std::string_view text) {
    for (int version = 1; version <= static_cast<int>(blocks_of.size()); ++version) {
        const std::size_t head = version >= 10 ? 3 : 2;  // mode, length and end mark together
        if (text.size() + head > static_cast<std::size_t>(data_bytes_of(version))) continue;
        QrCode code(version);
        code.draw_patterns();
        code.place(interleave(data_of(text, version), version));
        code.choose_mask();
        return code;
    }
    return std::nullopt;
}

bool QrCode::dark(int x, int y) const noexcept {
    if (x < 0 || y < 0 || x >= size_ || y >= size_) return false;
    return modules_[static_cast<std::size_t>(y * size_ + x)].dark;
}

void QrCode::fix(int x, int y, bool dark) {
    if (x >= 0 && y >= 0 && x < size_ && y < size_) at(x, y) = {dark, true};
}

void QrCode::draw_finder(int centre_x, int centre_y) {
    for (int dy = -4; dy <= 4; ++dy)
        for (int dx = -4; dx <= 4; ++dx) {
            const int ring = std::max(std::abs(dx), std::abs(dy));
            fix(centre_x + dx, centre_y + dy, ring != 2 && ring != 4);
        }
}

void QrCode::draw_alignments() {
    const int n = alignments_on_a_side(version_);
    if (n == 0) return;
    // Centres from 6 to size - 7, evenly spaced by an even step from the far end; the first gap takes the
    // rest.
    const int step = (size_ - 13 + 2 * (n - 1) - 1) / (2 * (n - 1)) * 2;
    std::vector<int> centres(static_cast<std::size_t>(n), 6);
    for (int i = n - 1, place = size_ - 7; i > 0; --i, place -= step)
        centres[static_cast<std::size_t>(i)] = place;
    for (const int y : centres)
        for (const int x : centres) {
            if (at(x, y).fixed && (x == 6) + (y == 6) != 1) continue;  // a finder is there
            if ((x == 6 && y == size_ - 7) || (y == 6 && x == size_ - 7)) continue;
            for (int dy = -2; dy <= 2; ++dy)
                for (int dx = -2; dx <= 2; ++dx)
                    fix(x + dx, y + dy, std::max(std::abs(dx), std::abs(dy)) != 1);
        }
}

void QrCode::draw_version() {
    if (version_ < 7) return;
    const auto version = static_cast<unsigned>(version_);
    const unsigned bits = (version << 12U) | remainder(version, 0x1f25, 12);
    for (int i = 0; i < 18; ++i) {
        fix(size_ - 11 + i % 3, i / 3, bit(bits, i));
        fix(i / 3, size_ - 11 + i % 3, bit(bits, i));
    }
}

void QrCode::draw_format(int mask) {
    const unsigned value = (unsigned{level_l} << 3U) | static_cast<unsigned>(mask);
    const unsigned bits = ((value << 10U) | remainder(value, 0x537, 10)) ^ 0x5412U;
    for (int i = 0; i < 15; ++i) {
        // Around the first finder, stepping over the timing lines, and split between the two others.
        if (i < 8)
            fix(8, i < 6 ? i : i + 1, bit(bits, i));
        else
            fix(i == 8 ? 7 : 14 - i, 8, bit(bits, i));
        if (i < 8)
            fix(size_ - 1 - i, 8, bit(bits, i));
        else
            fix(8, size_ - 15 + i, bit(bits, i));
    }
    fix(8, size_ - 8, true);
}

void QrCode::draw_patterns() {
    for (int i = 0; i < size_; ++i) {
        fix(6, i, i % 2 == 0);
        fix(i, 6, i % 2 == 0);
    }
    draw_finder(3, 3);
    draw_finder(size_ - 4, 3);
    draw_finder(3, size_ - 4);
    draw_alignments();
    draw_version();
    draw_format(0);  // keeps the place; the real one comes with the mask
}

void QrCode::place(const Bytes& codewords) {
    std::size_t next = 0;
    const std::size_t end = codewords.size() * 8;
    bool upwards = true;
    for (int right = size_ - 1; right > 0; right -= 2, upwards = !upwards) {
        if (right == 6) --right;  // the timing column is skipped
        for (int i = 0; i < size_; ++i) {
            const int y = upwards ? size_ - 1 - i : i;
            for (const int x : {right, right - 1}) {
                if (at(x, y).fixed || next >= end) continue;
                at(x, y).dark = bit(codewords[next / 8], 7 - static_cast<int>(next % 8));
                ++next;
            }
        }
    }
}

void QrCode::apply_mask(int mask) {
    for (int y = 0; y < size_; ++y)
        for (int x = 0; x < size_; ++x)
            if (Module& module = at(x, y); !module.fixed) module.dark = module.dark != masked(mask, x, y);
}

void QrCode::choose_mask() {
    int best = 0;
    for (int mask = 0; mask < 8; ++mask) {
        apply_mask(mask);
        draw_format(mask);
        const int cost = penalty();
        if (mask == 0 || cost < best) {
            best = cost;
            mask_ = mask;
        }
        apply_mask(mask);  // takes it away again
    }
    apply_mask(mask_);
    draw_format(mask_);
}

/// Rows (or columns): runs of five and more, and what looks like a finder.
int QrCode::line_penalty(bool columns) const {
    const auto module = [&](int line, int i) { return columns ? dark(line, i) : dark(i, line); };
    int cost = 0;
    for (int line = 0; line < size_; ++line) {
        int run = 0;
        unsigned last = 0;  // the eleven latest modules
        for (int i = 0; i < size_; ++i) {
            run = i > 0 && module(line, i) == module(line, i - 1) ? run + 1 : 1;
            if (run == 5) cost += 3;
            if (run > 5) ++cost;
            last = ((last << 1U) | (module(line, i) ? 1U : 0U)) & 0x7ffU;
            if (i >= 10 && (last == 0x05dU || last == 0x5d0U)) cost += 40;  // 1011101 beside four light ones
        }
    }
    return cost;
}

int QrCode::penalty() const {
    int cost = line_penalty(false) + line_penalty(true);
    int darks = 0;
    for (int y = 0; y < size_; ++y)
        for (int x = 0; x < size_; ++x) {
            const bool here = dark(x, y);
            darks += here ? 1 : 0;
            if (x + 1 < size_ && y + 1 < size_ && here == dark(x + 1, y) && here == dark(x, y + 1) &&
                here == dark(x + 1, y + 1))
                cost += 3;
        }
    const int total = size_ * size_;
    return cost + std::abs(darks * 20 - total * 10) / total * 10;  // each full 5 % away from one half
}

std::string QrCode::text() const {
    constexpr int quiet = 4;
    std::string out;
    for (int y = -quiet; y < size_ + quiet; y += 2) {
        for (int x = -quiet; x < size_ + quiet; ++x) {
            const bool upper = !dark(x, y);
            const bool lower = !dark(x, y + 1);
            out += upper && lower ? "\u2588" : upper ? "\u2580" : lower ? "\u2584" : " ";
        }
        out += '\n';
    }
    return out;
}

}  // namespace voip::ctl
