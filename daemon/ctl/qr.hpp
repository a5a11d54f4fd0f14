#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// QR codes for terminals. Pure.
/// @source ISO/IEC 18004: byte mode, error correction level L, versions 1 to 20
namespace voip::ctl {

class QrCode {
 public:
    /// The smallest code that holds the text. Nothing when it has more than 858 bytes.
    [[nodiscard]] static std::optional<QrCode> of(std::string_view text);

    [[nodiscard]] int size() const noexcept { return size_; }  ///< modules on a side, without the quiet zone
    [[nodiscard]] bool dark(int x, int y) const noexcept;      ///< false outside
    [[nodiscard]] int mask() const noexcept { return mask_; }  ///< 0 to 7

    /// Two modules above one another make a character; light ones are drawn, for terminals with a dark
    /// background. Four modules of quiet zone around.
    [[nodiscard]] std::string text() const;

 private:
    explicit QrCode(int version);
    struct Module {
        bool dark = false;
        bool fixed = false;  ///< part of a pattern, not of the data
    };
    [[nodiscard]] Module& at(int x, int y) { return modules_[static_cast<std::size_t>(y * size_ + x)]; }
    void fix(int x, int y, bool dark);
    void draw_patterns();
    void draw_finder(int centre_x, int centre_y);
    void draw_alignments();
    void draw_version();
    void draw_format(int mask);
    void place(const std::vector<unsigned char>& codewords);
    void apply_mask(int mask);
    void choose_mask();
    [[nodiscard]] int penalty() const;
    [[nodiscard]] int line_penalty(bool columns) const;

    int version_;
    int size_;
    int mask_ = 0;
    std::vector<Module> modules_;
};

}  // namespace voip::ctl
