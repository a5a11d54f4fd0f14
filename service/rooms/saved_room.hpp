#pragma once
#include "core/error.hpp"
#include "core/json.hpp"
#include "service/rooms/rooms.hpp"

/// A saved room as JSON, for a row of the registry. Pure.
namespace voip::rooms {

[[nodiscard]] json::Value encode(const SavedRoom& room);
/// @errors bad_message, with the member at fault
[[nodiscard]] Result<SavedRoom> decode_saved_room(const json::Value& value);

}  // namespace voip::rooms
