#include "daemon/ctl/pairing.hpp"

#include "daemon/ctl/qr.hpp"
#include "daemon/ctl/values.hpp"

namespace voip::ctl {
namespace {

std::string percent(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    constexpr std::string_view plain = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letter || plain.find(c) != std::string_view::npos)
            out += c;
        else
            out.append({'%', hex[byte >> 4U], hex[byte & 0xfU]});
    }
    return out;
}

}  // namespace

std::string pairing_content(const json::Value& device, const std::string& ticket, const std::string& link) {
    std::string content =
        "sn=" + percent(text_of(device, "sn")) + "&modelId=" + percent(text_of(device, "modelId"));
    if (!ticket.empty()) content += "&snTicket=" + percent(ticket);
    return link.empty() ? content : link + "#" + content;
}

std::string show_pairing(const json::Value& device, const std::string& ticket, const std::string& link,
                         const Look& look) {
    const std::string content = pairing_content(device, ticket, link);
    if (look.json) {
        json::Value value;
        value.set("sn", text_of(device, "sn")).set("modelId", text_of(device, "modelId"));
        if (!ticket.empty()) value.set("content", content);
        return json::write(value) + "\n";
    }
    std::string text =
        "sn       " + clean(text_of(device, "sn")) + "\nmodelId  " + clean(text_of(device, "modelId")) + "\n";
    if (ticket.empty())
        return text +
               "A ticket is needed for a QR code: the vendor's backend gets it for this sn and modelId.\n";
    text += "content  " + clean(content) + "\n\n";
    if (const auto code = QrCode::of(content)) return text + code->text();
    return text + "(too long for a QR code)\n";
}

}  // namespace voip::ctl
