#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace voip::media {

/// Whether media goes through a TURN server: from the candidates of both sides and the pair that ICE chose.
/// A side that shows up from an address it never told is taken for not relayed. Pure.
class IceRoute {
 public:
    static constexpr std::size_t max_candidates = 64;  ///< of a side; what comes after is not looked at

    /// "candidate:..." as it is signalled; anything else is ignored.
    void on_local(std::string_view candidate) { keep(candidate, local_); }
    void on_remote(std::string_view candidate) { keep(candidate, remote_); }
    /// The foundations of the pair that is used from now on.
    void on_chosen(std::string_view local, std::string_view remote);
    /// Nothing: no pair was chosen yet.
    [[nodiscard]] std::optional<bool> relayed() const;

 private:
    struct Side {
        std::size_t candidates = 0;
        std::vector<std::string> relays;  // foundations
        std::string chosen;
        [[nodiscard]] bool is_relayed() const;
    };
    static void keep(std::string_view candidate, Side& side);

    Side local_, remote_;
    bool chosen_ = false;
};

}  // namespace voip::media
