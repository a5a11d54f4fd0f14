#pragma once
#include <string_view>

#include "protocol/reader.hpp"
#include "protocol/room.hpp"

/// Pieces that several codecs share.
namespace voip {

/// {id, name, cameraStatus}, all three always.
[[nodiscard]] json::Value encode_party(const Party& party);
/// id required, name and cameraStatus optional. An absent object gives an empty Party.
[[nodiscard]] Party read_party(Reader& reader);
/// The first limits::err_msg_bytes, never through the middle of a character.
[[nodiscard]] std::string_view cut_err_msg(std::string_view text) noexcept;

}  // namespace voip
