#pragma once
#include <string_view>

/// The words of `api.closing {reason}`: stable, clients compare them.
namespace voip::control::closing {

inline constexpr std::string_view not_allowed = "not allowed";  ///< neither control nor observe
inline constexpr std::string_view too_many = "too many clients";
inline constexpr std::string_view too_slow = "events were not read fast enough";
inline constexpr std::string_view stopping = "the daemon is stopping";

}  // namespace voip::control::closing
