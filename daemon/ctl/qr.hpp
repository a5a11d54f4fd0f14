#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// QR codes for terminals, made by libqrencode (byte mode, error correction level L).
namespace voip::ctl {

class QrCode {
 public:
    /// The smallest code that holds the text. Nothing when it is empty or above 858 bytes (97 modules on a
    /// side: what a terminal still shows).
    [[nodiscard]] static std::optional<QrCode> of(std::string_view text);

    [[nodiscard]] int size() const noexcept { return size_; }  ///< modules on a side, without the quiet zone
    [[nodiscard]] bool dark(int x, int y) const noexcept;      ///< false outside

    /// Two modules above one another make a character; light ones are drawn, for terminals with a dark
    /// background. Four modules of quiet zone around.
    [[nodiscard]] std::string text() const;

 private:
    int size_ = 0;
    std::vector<bool> modules_;
};

}  // namespace voip::ctl
