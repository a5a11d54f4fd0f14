#include "service/authority.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/file.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

constexpr UnixMillis now = 1767225600000;
constexpr UnixMillis day = 24 * 3600 * 1000LL;

struct State {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("voip-authority-" + std::to_string(getpid()));
    State() { std::filesystem::create_directories(folder); }
    ~State() { std::filesystem::remove_all(folder); }
    [[nodiscard]] AuthoritySettings settings(std::vector<std::string> names = {"127.0.0.1",
                                                                               "localhost"}) const {
        return {folder, std::move(names), {}, {}};
    }
};

unsigned mode_of(const std::filesystem::path& file) {
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    return facts.st_mode & 0777u;
}

}  // namespace

TEST_CASE("authority: the first start makes 3 files, keys with mode 0600", "[service][unit]") {
    const State state;
    const auto identity = open_server_identity(state.settings(), now, Log());
    REQUIRE(identity);
    CHECK(identity->facts.names == std::vector<std::string>{"127.0.0.1", "localhost"});
    CHECK(identity->ca_file == state.folder / "ca.pem");
    CHECK(mode_of(state.folder / "ca-key.pem") == 0600);
    CHECK(mode_of(state.folder / "server.pem") == 0600);
    CHECK(mode_of(state.folder / "ca.pem") == 0644);
    CHECK(read_file(state.folder / "ca.pem", 65536)->find("PRIVATE") == std::string::npos);
    CHECK(crypto::is_issued_by(identity->chain_pem, *read_file(state.folder / "ca.pem", 65536)));
}

TEST_CASE("authority: a second start keeps certificate and authority", "[service][unit]") {
    const State state;
    const auto first = open_server_identity(state.settings(), now, Log());
    const auto second = open_server_identity(state.settings(), now + day, Log());
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->chain_pem == second->chain_pem);
    CHECK(first->key_pem == second->key_pem);
    CHECK_FALSE(needs_renewal(*second, state.settings(), now + day));
}

TEST_CASE("authority: other names or less than 30 days left renew the certificate, not the authority",
          "[service][unit]") {
    const State state;
    const auto first = open_server_identity(state.settings(), now, Log());
    REQUIRE(first);
    const auto ca = read_file(state.folder / "ca.pem", 65536);
    const auto renamed = open_server_identity(state.settings({"10.0.0.1", "localhost"}), now, Log());
    REQUIRE(renamed);
    CHECK(renamed->facts.names == std::vector<std::string>{"10.0.0.1", "localhost"});
    CHECK(needs_renewal(*renamed, state.settings({"10.0.0.1", "localhost"}), now + 61 * day));
    const auto later = open_server_identity(state.settings({"10.0.0.1", "localhost"}), now + 61 * day, Log());
    REQUIRE(later);
    CHECK(later->chain_pem != renamed->chain_pem);
    CHECK(later->facts.not_after > renamed->facts.not_after);
    CHECK(*read_file(state.folder / "ca.pem", 65536) == *ca);
}

TEST_CASE("authority: a damaged server.pem is set aside, a lost ca.pem is written again", "[service][unit]") {
    const State state;
    REQUIRE(open_server_identity(state.settings(), now, Log()));
    const auto ca = read_file(state.folder / "ca.pem", 65536);
    REQUIRE(write_file(state.folder / "server.pem", "half a cert", 0600));
    std::filesystem::remove(state.folder / "ca.pem");
    const auto again = open_server_identity(state.settings(), now, Log());
    REQUIRE(again);
    CHECK(std::filesystem::exists(state.folder / "server.pem.damaged"));
    CHECK(*read_file(state.folder / "ca.pem", 65536) == *ca);
}

TEST_CASE("authority: a damaged ca-key.pem is an error that names the file, never a new authority",
          "[service][unit]") {
    const State state;
    REQUIRE(open_server_identity(state.settings(), now, Log()));
    REQUIRE(write_file(state.folder / "ca-key.pem", "rubbish", 0600));
    const auto again = open_server_identity(state.settings(), now, Log());
    REQUIRE_FALSE(again);
    CHECK(again.error().is(Errc::bad_config));
    CHECK(again.error().context.find("ca-key.pem") != std::string::npos);
}

TEST_CASE("authority: a given certificate is used as it is and never renewed", "[service][unit]") {
    const State state;
    const auto ca = crypto::make_authority("given", now, now + 1000 * day);
    const auto given = crypto::issue_certificate(*ca, {"calls.example.org"}, now, now + day);
    REQUIRE(write_file(state.folder / "chain.pem", given->certificate_pem, 0600));
    REQUIRE(write_file(state.folder / "key.pem", given->key_pem, 0600));
    auto settings = state.settings();
    settings.chain_file = state.folder / "chain.pem";
    settings.key_file = state.folder / "key.pem";
    const auto identity = open_server_identity(settings, now, Log());
    REQUIRE(identity);
    CHECK(identity->facts.names == std::vector<std::string>{"calls.example.org"});
    CHECK(identity->ca_file.empty());
    CHECK_FALSE(needs_renewal(*identity, settings, now + 10 * day));
    settings.key_file = "/nowhere/key.pem";
    CHECK_FALSE(open_server_identity(settings, now, Log()));
    CHECK_FALSE(std::filesystem::exists(state.folder / "ca.pem"));
}
