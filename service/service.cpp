#include "service/service.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "protocol/transport/https_client.hpp"
#include "protocol/transport/https_server.hpp"
#include "service/admin/server.hpp"
#include "service/api/http_api.hpp"
#include "service/authority.hpp"
#include "service/channel/channels.hpp"
#include "service/wake_up.hpp"

namespace voip::service {
namespace {

constexpr Duration look_for_changes = 1s;  // what an admin program wrote beside us
constexpr Duration prune_pause = 60s;
constexpr Duration certificate_pause = std::chrono::hours(1);

registry::RegistrySettings registry_settings(const config::TokenLife& lives) {
    registry::RegistrySettings settings;
    settings.device_token_life = lives.device;
    settings.push_token_life = lives.push;
    settings.user_token_life = lives.user;
    return settings;
}

/// What the certificate names: where we listen, this machine, and what the operator says.
std::vector<std::string> names_of(const config::ServiceConfig& config) {
    std::vector<std::string> names{"127.0.0.1", "::1", "localhost"};
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    const std::string& host = config.listen.host;
    if (host != "0.0.0.0" && host != "::") add(host);
    for (const std::string& name : config.names) add(name);
    return names;
}

/// The configured page, else the one installed beside the program, else the one of the build's prefix.
std::filesystem::path www_of(const config::ServiceConfig& config) {
    if (!config.www.empty()) return config.www;
    std::error_code ec;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
    for (const std::filesystem::path& folder :
         {program.parent_path().parent_path() / "share/wmpf-voip-service/www",
          std::filesystem::path(WMPF_WWW_DIR)})
        if (std::filesystem::is_regular_file(folder / "index.html", ec)) return folder;
    return {};
}

Result<void> make_state_dir(const std::filesystem::path& folder) {
    std::error_code ec;
    const bool made = std::filesystem::create_directories(folder, ec);
    if (!ec && made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ec);
    if (ec) return fail(ec, folder.string());
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return fail(Errc::io, folder.string() + ": no permission to write");
    return {};
}

}  // namespace

struct Service::State {
    State(asio::any_io_executor ex, Timers& t, ServiceSettings s, const LogHub& log_hub)
        : executor(std::move(ex)),
          timers(t),
          settings(std::move(s)),
          hub(log_hub),
          log(hub, "service"),
          tasks(executor, timers, [this](std::string_view task, std::string_view what) {
              log.err("task failed", kv("task", task), kv("what", what));
          }) {}

    Result<void> check_modes() const;
    Result<void> open_registry();
    Result<void> open_identity();
    Result<void> open_wake_up();
    Result<void> listen();
    Result<void> listen_for_operator();
    void make_api();
    void apply_changes();
    void apply(const registry::Change& change);
    void tell_devices_of(const std::string& open_id);
    asio::awaitable<void> watch_changes();
    asio::awaitable<void> prune();
    asio::awaitable<void> renew_certificate();
    [[nodiscard]] AuthoritySettings authority_settings() const {
        return {settings.config.state_dir, names_of(settings.config), settings.config.tls.certificate,
                settings.config.tls.key};
    }

    asio::any_io_executor executor;
    Timers& timers;
    ServiceSettings settings;
    const LogHub& hub;
    Log log;

    // In the order of their making; the later ones use the earlier ones.
    std::optional<registry::Registry> registry;
    std::int64_t last_change = 0;
    ServerIdentity identity;
    std::optional<transport::TlsServerContext> tls;
    FaultRules faults;
    std::optional<WakeUp> wake_up;
    std::optional<Channels> channels;
    std::optional<ApiParts> api_parts;
    std::optional<HttpApi> api;
    std::optional<admin::Server> admin;
    std::optional<transport::HttpsServer> server;
    TaskSet tasks;
};

Service::Service(asio::any_io_executor executor, Timers& timers, ServiceSettings settings, const LogHub& hub)
    : state_(std::make_unique<State>(std::move(executor), timers, std::move(settings), hub)) {}

Service::~Service() = default;

Result<void> Service::State::check_modes() const {
    const std::string& host = settings.config.listen.host;
    const bool local = is_loopback(host) || host == "localhost";
    if (settings.modes.dev && !local && !settings.modes.allow_lan)
        return fail(Errc::bad_config,
                    "--dev on " + host + " needs --dev-allow-lan: anybody there could log in");
    return {};
}

Result<void> Service::State::open_registry() {
    auto wanted = registry_settings(settings.config.tokens);
    wanted.on_failure = [this](const Error& error) {
        log.err("registry failed", kv("why", error.text()));
        if (api) api->registry_failed();
    };
    auto opened =
        registry::Registry::open(std::filesystem::path(settings.config.state_dir) / admin::database_name,
                                 std::move(wanted), timers.wall_now());
    if (!opened) return within("registry", opened.error());
    registry.emplace(std::move(*opened));
    const auto last = registry->last_change();
    if (!last) return within("registry", last.error());
    last_change = *last;
    return {};
}

Result<void> Service::State::open_identity() {
    auto opened = open_server_identity(authority_settings(), timers.wall_now(), Log(hub, "authority"));
    if (!opened) return opened.error();
    auto context = transport::TlsServerContext::make(opened->chain_pem, opened->key_pem);
    if (!context) return within("certificate", context.error());
    identity = std::move(*opened);
    tls.emplace(std::move(*context));
    return {};
}

Result<void> Service::State::open_wake_up() {
    const config::Notify& notify = settings.config.notify;
    if (notify.url.empty()) return {};
    auto url = transport::parse_url(notify.url);
    if (!url) return within("notify.url", url.error());
    auto trust = transport::TlsClientContext::make({notify.ca, {}});
    if (!trust) return within("notify.ca", trust.error());
    auto post = [&clock = timers, context = *trust](transport::Url where, transport::HttpRequest request,
                                                    TimePoint deadline) {
        return transport::https_request(clock, context, std::move(where), std::move(request), deadline);
    };
    wake_up.emplace(executor, timers, *url, notify.secret, std::move(post), Log(hub, "wake-up"));
    return {};
}

void Service::State::make_api() {
    Channels::Parts parts{executor, timers, *registry, settings.config, faults, {}, Log(hub, "channel")};
    if (wake_up) parts.wake_member = [this](const rooms::NotifyMember& notice) { wake_up->tell(notice); };
    channels.emplace(std::move(parts));
    api_parts.emplace(ApiParts{timers, *registry, settings.config, faults, settings.modes,
                               [this](const rooms::Member& member) { return channels->is_online(member); },
                               [this] { apply_changes(); }, [this] { return identity.facts.names; },
                               Log(hub, "http")});
    api.emplace(*api_parts, *channels, www_of(settings.config), WMPF_VERSION);
}

Result<void> Service::State::listen() {
    transport::HttpsServerSettings wanted;
    wanted.listen = {settings.config.listen.host, settings.config.listen.port};
    wanted.max_connections = static_cast<std::size_t>(settings.config.limits.connections);
    transport::HttpsServer::Application application;
    application.answer = [this](transport::HttpRequest request) { return api->answer(std::move(request)); };
    application.upgrade = [this](transport::HttpRequest request) { return api->upgrade(std::move(request)); };
    server.emplace(executor, timers, *tls, wanted, std::move(application), Log(hub, "https"));
    return server->start();
}

Result<void> Service::State::listen_for_operator() {
    auto run = [this](std::vector<std::string> arguments) {
        const admin::Context context{*registry, timers.wall_now(), [this](const std::string& sn) {
                                         return channels->is_online(rooms::device(sn));
                                     }};
        auto outcome = admin::run(context, arguments);
        apply_changes();
        return outcome;
    };
    admin.emplace(executor, timers, std::move(run), Log(hub, "admin"));
    auto started = admin->start(std::filesystem::path(settings.config.state_dir) / admin::socket_name);
    // The file at that place is then another service's: stop() must not touch it.
    if (!started) admin.reset();
    return started;
}

Result<void> Service::start() {
    State& s = *state_;
    using Step = Result<void> (State::*)();
    if (auto checked = s.check_modes(); !checked) return checked;
    if (auto folder = make_state_dir(s.settings.config.state_dir); !folder)
        return within("state folder", folder.error());
    for (const Step step : {&State::open_registry, &State::open_identity, &State::open_wake_up}) {
        auto result = (s.*step)();
        if (!result) return result;
    }
    s.make_api();
    // First the operator's socket: it tells whether another service uses this folder.
    if (auto listening = s.listen_for_operator(); !listening) return within("admin.sock", listening.error());
    if (auto started = s.channels->start(); !started) return started;
    if (auto listening = s.listen(); !listening) return listening;
    s.tasks.spawn("changes", s.watch_changes());
    s.tasks.spawn("prune", s.prune());
    s.tasks.spawn("certificate", s.renew_certificate());
    s.log.notice("serving", kv("url", url()), kv("state", s.settings.config.state_dir),
                 kv("dev", s.settings.modes.dev));
    return {};
}

asio::awaitable<void> Service::stop() {
    State& s = *state_;
    if (s.server) co_await s.server->stop();
    if (s.admin) co_await s.admin->stop();
    if (s.channels) co_await s.channels->stop();
    if (s.wake_up) co_await s.wake_up->stop();
    co_await s.tasks.stop();
}

// ---- upkeep

void Service::State::apply_changes() {
    for (;;) {
        const auto changes = registry->changes_after(last_change);
        if (!changes || changes->empty()) return;  // a failing registry has told on_failure
        for (const registry::Change& change : *changes) {
            last_change = change.id;
            apply(change);
        }
    }
}

void Service::State::apply(const registry::Change& change) {
    using What = registry::Change::What;
    switch (change.what) {
        case What::device_revoked: channels->close_member(rooms::device(change.sn), "revoked"); break;
        case What::user_revoked:
            channels->close_member(rooms::user(change.open_id), "revoked");
            tell_devices_of(change.open_id);
            break;
        case What::user_token_revoked: channels->close_token(change.token_id, "token revoked"); break;
        case What::grant_added:
        case What::grant_removed: channels->contacts_changed(change.sn); break;
    }
}

/// Who may be called has changed for every device that this user had consented to.
void Service::State::tell_devices_of(const std::string& open_id) {
    const auto granted = registry->devices_of(open_id);
    if (!granted) return;
    for (const auto& entry : *granted) channels->contacts_changed(entry.device.sn);
}

asio::awaitable<void> Service::State::watch_changes() {
    for (;;) {
        const auto ec = co_await timers.wait_for(look_for_changes);
        if (ec) co_return;
        apply_changes();
    }
}

asio::awaitable<void> Service::State::prune() {
    for (;;) {
        const auto more = registry->prune(timers.wall_now());
        const Duration pause = more && *more ? look_for_changes : prune_pause;
        const auto ec = co_await timers.wait_for(pause);
        if (ec) co_return;
    }
}

asio::awaitable<void> Service::State::renew_certificate() {
    for (;;) {
        const auto ec = co_await timers.wait_for(certificate_pause);
        if (ec) co_return;
        if (!needs_renewal(identity, authority_settings(), timers.wall_now())) continue;
        const auto renewed = open_identity();
        if (renewed)
            server->set_tls(*tls);
        else
            log.err("certificate not renewed", kv("why", renewed.error().text()));
    }
}

// ---- looking in

std::uint16_t Service::port() const noexcept {
    return state_->server ? state_->server->port() : std::uint16_t{0};
}

std::string Service::url() const {
    const std::string& host = state_->settings.config.listen.host;
    const bool any = host == "0.0.0.0" || host == "::" || host.empty();
    transport::Url url;
    url.host = any ? "127.0.0.1" : host;
    url.port = port();
    return "https://" + url.authority();
}

std::filesystem::path Service::ca_file() const {
    return state_->identity.ca_file;
}
registry::Registry& Service::registry() noexcept {
    return *state_->registry;
}
void Service::changed() {
    state_->apply_changes();
}
bool Service::is_online(const rooms::Member& member) const {
    return state_->channels->is_online(member);
}
std::size_t Service::rooms() const noexcept {
    return state_->channels ? state_->channels->rooms() : 0;
}

}  // namespace voip::service
