#include "tests/unit/registry/support.hpp"

#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>

namespace voip::registry {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
    // Each write is synced: memory is faster than a disk, and no test pulls the plug.
    const fs::path root = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string pattern = (root / "registry-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) FAIL("no temporary folder");
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Fixture::Fixture(RegistrySettings wanted)
    : settings(std::move(wanted)), file(folder / "registry.db"), registry(open(t0)) {
    Product product{"wx1", "m1", "Intercom", Registration::device_auth, Charge::any, 0};
    REQUIRE(registry.put_product(product, "a secret of the app", t0));
}

Registry Fixture::open(UnixMillis now) {
    settings.on_failure = [this](const Error& error) { failures.push_back(error.text()); };
    auto opened = Registry::open(file, settings, now);
    INFO((opened ? std::string() : opened.error().text()));
    REQUIRE(opened);
    return std::move(*opened);
}

void Fixture::reopen(UnixMillis now) {
    registry = open(now);
}

void Fixture::crash(UnixMillis now) {
    const fs::path copy = folder / ("copy-" + std::to_string(++crashes_));
    fs::create_directory(copy);
    for (const char* suffix : {"", "-wal", ".nonces-saved"})
        if (fs::exists(file.string() + suffix))
            fs::copy(file.string() + suffix, copy / ("registry.db" + std::string(suffix)));
    file = copy / "registry.db";
    registry = open(now);
}

std::string Fixture::ticket(const std::string& sn, UnixMillis now, const std::string& app,
                            const std::string& model) {
    auto ticket = registry.make_sn_ticket(app, sn, model, now);
    REQUIRE(ticket);
    return ticket->token;
}

crypto::KeyPair Fixture::register_device(const std::string& sn, UnixMillis now, const std::string& app,
                                         const std::string& model) {
    auto key = crypto::KeyPair::generate();
    REQUIRE(registry.register_device({app, model, sn, ticket(sn, now, app, model), key.public_key()}, now));
    return key;
}

User Fixture::add_user(const std::string& name, const std::string& app) {
    auto user = registry.add_user(app, name, t0);
    REQUIRE(user);
    return *user;
}

void Fixture::grant(const User& user, const std::string& sn, const std::string& device_name) {
    REQUIRE(registry.add_grant(Grant{user.open_id, sn, device_name, 0}, t0));
}

struct FullDisk::Limits {
    rlimit limit;
    void (*handler)(int);
};

FullDisk::FullDisk() : old_(new Limits) {
    // A write beyond the limit fails with EFBIG; its signal would end the process.
    old_->handler = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &old_->limit) == 0);
    rlimit tight = old_->limit;
    tight.rlim_cur = 1;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &tight) == 0);
}

FullDisk::~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_->limit);
    std::signal(SIGXFSZ, old_->handler);
    delete old_;
}

}  // namespace voip::registry
