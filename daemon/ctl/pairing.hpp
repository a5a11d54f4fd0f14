#pragma once
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "daemon/ctl/text.hpp"

/// What a phone must know to authorise a device (requestDeviceVoIP). Pure.
namespace voip::ctl {

/// "sn=...&modelId=...&snTicket=...", percent-encoded; behind `link` and a '#' when a link is given, so that
/// the ticket is not sent to the link's server before the page asks for it. Without a ticket it is left out.
[[nodiscard]] std::string pairing_content(const json::Value& device, const std::string& ticket,
                                          const std::string& link);

/// The same for people: the values, and with a ticket the content as text and QR code. JSON: {sn, modelId,
/// content?}.
[[nodiscard]] std::string show_pairing(const json::Value& device, const std::string& ticket,
                                       const std::string& link, const Look& look);

}  // namespace voip::ctl
