#include "protocol/crypto/certificate.hpp"

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

constexpr UnixMillis from = 1767225600000;  // 2026-01-01
constexpr UnixMillis until = 1767225600000 + 86400000LL * 3650;

crypto::Credentials authority() {
    auto made = crypto::make_authority("Test authority", from, until);
    REQUIRE(made);
    return *made;
}

}  // namespace

TEST_CASE("certificate: an issued one carries 2 DNS names and 2 addresses, its validity, and verifies",
          "[crypto][unit]") {
    const auto ca = authority();
    const auto issued = crypto::issue_certificate(ca, {"localhost", "*.example.test", "127.0.0.1", "::1"},
                                                  from + 1500, until - 1);
    REQUIRE(issued);
    const auto facts = crypto::read_certificate(issued->certificate_pem);
    REQUIRE(facts);
    CHECK(facts->names == std::vector<std::string>{"localhost", "*.example.test", "127.0.0.1", "::1"});
    CHECK(facts->not_before == from + 1000);  // whole seconds
    CHECK(facts->not_after == until - 1000);
    CHECK_FALSE(facts->is_authority);
    CHECK(crypto::is_issued_by(issued->certificate_pem, ca.certificate_pem));
    CHECK_FALSE(crypto::is_issued_by(issued->certificate_pem, authority().certificate_pem));
    CHECK(issued->key_pem.find("PRIVATE KEY") != std::string::npos);
}

TEST_CASE("certificate: an authority is one, and 2 of the same name differ", "[crypto][unit]") {
    const auto one = authority();
    const auto other = authority();
    CHECK(one.certificate_pem != other.certificate_pem);
    const auto facts = crypto::read_certificate(one.certificate_pem);
    REQUIRE(facts);
    CHECK(facts->is_authority);
    CHECK(facts->names.empty());
    CHECK(crypto::is_issued_by(one.certificate_pem, one.certificate_pem));
    CHECK_FALSE(crypto::is_issued_by(one.certificate_pem, other.certificate_pem));
}

TEST_CASE("certificate: validity beyond 2049 is written as GeneralizedTime and read back", "[crypto][unit]") {
    constexpr UnixMillis far = 4102444800000;  // 2100-01-01
    const auto issued = crypto::issue_certificate(authority(), {"a.test"}, from, far);
    REQUIRE(issued);
    CHECK(crypto::read_certificate(issued->certificate_pem)->not_after == far);
}

TEST_CASE("certificate: 100 long names fit, 101 do not", "[crypto][unit]") {
    const std::string label(60, 'a');
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i)
        names.push_back(label + "." + label + "." + label + "." + std::to_string(100 + i) + ".test");
    const auto ca = authority();
    const auto issued = crypto::issue_certificate(ca, names, from, until);
    REQUIRE(issued);
    CHECK(crypto::read_certificate(issued->certificate_pem)->names == names);
    names.emplace_back("one.more.test");
    CHECK_FALSE(crypto::issue_certificate(ca, names, from, until));
}

TEST_CASE("certificate: wrong names, times and authorities are refused with bad_config", "[crypto][unit]") {
    const auto ca = authority();
    const std::vector<std::vector<std::string>> bad_names = {{},
                                                             {""},
                                                             {"a b"},
                                                             {"-a.test"},
                                                             {"a..test"},
                                                             {"a.test."},
                                                             {"a*.test"},
                                                             {"x.*.test"},
                                                             {"[::1]"},
                                                             {"a,CN=b"},
                                                             {std::string(64, 'a') + ".test"}};
    for (const auto& names : bad_names) {
        const auto issued = crypto::issue_certificate(ca, names, from, until);
        REQUIRE_FALSE(issued);
        CHECK(issued.error().is(Errc::bad_config));
    }
    CHECK_FALSE(crypto::issue_certificate(ca, {"a.test"}, until, from));
    CHECK_FALSE(crypto::issue_certificate(ca, {"a.test"}, -1, from));
    CHECK_FALSE(crypto::issue_certificate({"", ""}, {"a.test"}, from, until));
    CHECK_FALSE(
        crypto::issue_certificate({ca.certificate_pem, authority().key_pem}, {"a.test"}, from, until));
    CHECK_FALSE(crypto::make_authority("", from, until));
    CHECK_FALSE(crypto::make_authority("a,O=b", from, until));
    CHECK_FALSE(crypto::make_authority(std::string(65, 'a'), from, until));
    CHECK_FALSE(crypto::read_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(crypto::read_certificate(""));
}
