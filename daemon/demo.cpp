#include "daemon/demo.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <memory>

#include "daemon/ctl/qr.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/transport/url.hpp"
#include "service/service.hpp"

namespace voip::daemon {
namespace {

constexpr const char* people[] = {"reception", "security"};
constexpr const char* usual_listen = "127.0.0.1:8443";
constexpr const char* any_port = "127.0.0.1:0";

/// How a person here would start one of our programs: beside this one, or by the search path.
std::string program(const std::string& name) {
    std::error_code ignored;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
    if (!std::filesystem::exists(beside, ignored)) return name;
    const auto near = beside.lexically_proximate(std::filesystem::current_path(ignored));
    return near.native().starts_with("..") ? beside.string() : near.string();
}

void complete_device(config::Device& device) {
    if (device.sn.empty()) device.sn = "demo-0001";
    if (device.model_id.empty()) device.model_id = "demo-model";
    if (device.app_id.empty()) device.app_id = "demo-app";
    if (device.name.empty()) device.name = "Front door";
}

void complete_board(config::Board& board) {
    if (board.driver == "linux") board.driver = "sim";  // its default; a board that was asked for is kept
    if (board.buttons.empty()) {
        config::Button button;
        button.name = "call";
        button.contact = people[0];
        board.buttons.push_back(button);
    }
    if (board.relays.empty()) {
        config::Relay relay;
        relay.name = "door";
        relay.from_call = true;
        board.relays.push_back(relay);
    }
}

/// The socket lies in a folder of this user alone: that the usual groups are not there is nothing to warn of.
void complete_api(config::Api& api) {
    const config::Api usual;
    if (api.control_group == usual.control_group) api.control_group.clear();
    if (api.observe_group == usual.observe_group) api.observe_group.clear();
}

bool is_local(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}
bool is_any(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

/// The first IPv4 address that others on the network may know; empty: none.
std::string lan_address() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        const bool up = (each->ifa_flags & IFF_RUNNING) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0;
        if (!up || each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
        sockaddr_in address{};
        std::memcpy(&address, each->ifa_addr, sizeof address);
        std::array<char, INET_ADDRSTRLEN> text{};
        if (::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) != nullptr) return text.data();
    }
    return {};
}

Error wrong(const Fault& fault) {
    return fail(Errc::refused, std::to_string(fault.err_code) + " " + fault.err_msg);
}

}  // namespace

Demo::Demo(asio::any_io_executor executor, Timers& timers, const LogHub& hub, std::filesystem::path state_dir,
           std::string listen)
    : executor_(std::move(executor)),
      timers_(timers),
      hub_(hub),
      state_dir_(std::move(state_dir)),
      listen_(std::move(listen)) {}

Demo::~Demo() = default;

asio::awaitable<Result<void>> Demo::start(config::Config& config) {
    complete_device(config.device);
    complete_board(config.board);
    complete_api(config.api);
    std::string listen = listen_.empty() ? std::string(usual_listen) : listen_;
    auto started = co_await start_service(std::move(listen));
    if (!started && listen_.empty()) {  // 8443 is in use: any port will do
        co_await service_->stop();
        listen = any_port;
        started = co_await start_service(std::move(listen));
    }
    if (!started) co_return started;
    config.service.url = service_->url();
    config.service.ca = service_->ca_file().string();
    co_return Result<void>();
}

asio::awaitable<Result<void>> Demo::start_service(std::string listen) {
    const auto endpoint = transport::parse_endpoint(listen);
    if (!endpoint) co_return fail(Errc::bad_config, "--listen: " + endpoint.error().context);
    service::ServiceSettings settings;
    settings.config.listen = {endpoint->host, endpoint->port};
    settings.config.state_dir = state_dir_.string();
    if (!is_local(endpoint->host)) lan_host_ = is_any(endpoint->host) ? lan_address() : endpoint->host;
    if (!lan_host_.empty()) settings.config.names = {lan_host_};
    settings.modes.demo = true;
    service_ = std::make_unique<service::Service>(executor_, timers_, std::move(settings), hub_);
    co_return service_->start();
}

Result<void> Demo::make_product(const config::Device& device) {
    auto& registry = service_->registry();
    const auto known = registry.find_product(device.app_id, device.model_id);
    if (!known) return known.error();
    if (*known) return {};
    registry::Product product;
    product.app_id = device.app_id;
    product.model_id = device.model_id;
    product.registration =
        device.registration == config::Registration::wmpf ? Registration::wmpf : Registration::device_auth;
    return registry.put_product(product, crypto::random_text(32), timers_.wall_now());
}

Result<std::string> Demo::user(const config::Device& device, const std::string& name) {
    auto& registry = service_->registry();
    const auto known = registry.find_user_by_name(device.app_id, name);
    if (!known) return known.error();
    if (*known) return (*known)->open_id;
    const auto made = registry.add_user(device.app_id, name, timers_.wall_now());
    if (!made) return made.error();
    return made->open_id;
}

asio::awaitable<Result<void>> Demo::provision(config::Device device, control::DevicePort& port,
                                              control::ContactsPort& contacts) {
    const auto product = make_product(device);
    if (!product) co_return product;
    auto& registry = service_->registry();
    const auto now = timers_.wall_now();
    const auto known = registry.find_device(device.sn);
    if (!known) co_return known.error();
    if (!*known || port.facts().registration != "registered") {
        const auto ticket = registry.make_sn_ticket(device.app_id, device.sn, device.model_id, now);
        if (!ticket) co_return wrong(ticket.error());
        std::string text = ticket->token;
        const auto registered = co_await port.register_device(std::move(text));
        if (!registered) co_return wrong(registered.error());
    }
    for (const char* name : people) {
        const auto open_id = user(device, name);
        if (!open_id) co_return open_id.error();
        const auto granted = registry.add_grant({*open_id, device.sn, "Front door", now}, now);
        if (!granted) co_return granted;
        control::Contact contact;
        contact.contact = name;
        contact.people.push_back({*open_id, name, Authorisation::unknown});
        const auto set = contacts.set(std::move(contact));
        if (!set) co_return wrong(set.error());
    }
    service_->changed();
    co_return Result<void>();
}

asio::awaitable<void> Demo::stop() {
    if (service_) co_await service_->stop();
}

/// For a phone on the same network: its user cannot choose a name there, so a code is made for one.
std::string Demo::lan_guide(const config::Device& device) const {
    if (lan_host_.empty()) return {};
    const bool v6 = lan_host_.find(':') != std::string::npos;
    const std::string link =
        "https://" + (v6 ? "[" + lan_host_ + "]" : lan_host_) + ":" + std::to_string(service_->port()) + "/";
    std::string text = "  A phone on this network: " + link + "\n";
    auto& registry = service_->registry();
    const auto user = registry.find_user_by_name(device.app_id, people[0]);
    if (user && *user) {
        const auto code = registry.make_enrolment_code((*user)->open_id, timers_.wall_now());
        if (code) text += "    its code to log in (ten minutes, once): " + code->token + "\n";
    }
    const auto qr = ctl::QrCode::of(link);
    return qr ? text + qr->text() + "\n" : text + "\n";
}

std::string Demo::guide(const config::Config& config, const std::filesystem::path& socket, bool media) const {
    const std::string url = "https://localhost:" + std::to_string(service_->port());
    const std::string ctl = program("wmpf-voipctl");
    const std::string ca = service_->ca_file().string();
    const std::string phone = program("wmpf-voip-phone") + " --service " + url + " --ca " + ca;
    std::string text;
    text += "The demo is ready: device " + config.device.sn + " with a simulated board, the service at " +
            url + ".\n\n";
    text += "  A phone in a browser: open it and choose " + std::string(people[0]) + "\n    " + url + "/\n";
    text +=
        "    The browser does not know the demo's certificate: go on all the same, or let it trust\n    " +
        ca + "\n";
    text += lan_guide(config.device);
    text +=
        "  A phone in a terminal, without sound and picture (keys: a answer, r reject, h hang up, q quit):\n";
    text += "    " + phone + " --as reception\n";
    text += "  Press the call button:\n    " + ctl + " press call\n";
    text += "  Call the device instead, and answer there:\n";
    text += "    " + phone + " --as reception --call " + config.device.sn + "\n    " + ctl + " answer\n";
    text += "  Watch what happens, hang up, open the door:\n";
    text += "    " + ctl + " watch\n    " + ctl + " hangup\n    " + ctl + " relay door\n\n";
    if (media)
        text +=
            "The device shows a moving pattern and plays a tone; what it hears is metered in the log "
            "(\"speaker heard\").\n";
    text += "Local API: " + socket.string() + "   Ctrl-C stops.\n";
    return text;
}

}  // namespace voip::daemon
