// Users, log-in, user tokens.
#include <algorithm>

#include "tests/unit/registry/support.hpp"

namespace voip::registry {

TEST_CASE("user: an openId has 28 characters and starts with o; names are unique among the living",
          "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    CHECK(is_open_id(ann.open_id));
    CHECK(ann == User{ann.open_id, "wx1", "Ann", t0, 0});
    const auto again = f.registry.add_user("wx1", "Ann", t0);
    REQUIRE_FALSE(again);
    CHECK(again.error().is(Errc::wrong_state));
    CHECK(f.registry.add_user("wx9", "Ben", t0).error().is(Errc::bad_config));
    CHECK(f.registry.add_user("wx1", "", t0).error().is(Errc::bad_config));
    CHECK(f.registry.add_user("wx1", "a\nb", t0).error().is(Errc::bad_config));
    CHECK(f.registry.add_user("wx1", std::string(129, 'a'), t0).error().is(Errc::bad_config));
    CHECK(**f.registry.find_user(ann.open_id) == ann);
    CHECK(**f.registry.find_user_by_name("wx1", "Ann") == ann);
    CHECK_FALSE(f.registry.find_user_by_name("wx2", "Ann")->has_value());
    REQUIRE(*f.registry.revoke_user(ann.open_id, t0 + second));
    CHECK((*f.registry.find_user(ann.open_id))->revoked == t0 + second);
    CHECK_FALSE(f.registry.find_user_by_name("wx1", "Ann")->has_value());
    CHECK(f.add_user().open_id != ann.open_id);
    CHECK(f.registry.users()->size() == 2);
    CHECK_FALSE(*f.registry.revoke_user("oNobody", t0));
    CHECK(f.failures.empty());
}

TEST_CASE("enrolment: a code of 130 bits works once, within 600 s, however it is typed", "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    const auto code = f.registry.make_enrolment_code(ann.open_id, t0);
    REQUIRE(code);
    CHECK(code->token.size() == 26);
    CHECK(code->expires == t0 + 600 * second);
    SECTION("as it is") {
        const auto login = f.registry.redeem_enrolment_code(code->token, t0 + 599999);
        REQUIRE(login);
        CHECK(login->user == ann);
        CHECK(login->token.expires == t0 + 599999 + 30LL * 86400 * second);
        CHECK(fault_of(f.registry.redeem_enrolment_code(code->token, t0 + 599999)) == 4010);
    }
    SECTION("too late") {
        CHECK(fault_of(f.registry.redeem_enrolment_code(code->token, t0 + 600000)) == 4010);
    }
    SECTION("in groups, small letters, o for 0 and l for 1") {
        std::string typed;
        for (std::size_t i = 0; i < code->token.size(); ++i) {
            if (i % 5 == 0) typed += i % 2 == 0 ? " " : "-";
            const char c = code->token[i];
            typed += c == '0'   ? 'o'
                     : c == '1' ? 'l'
                                : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        CHECK(f.registry.redeem_enrolment_code(typed, t0));
    }
    SECTION("a wrong one") {
        std::string wrong = code->token;
        wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
        CHECK(fault_of(f.registry.redeem_enrolment_code(wrong, t0)) == 4010);
        CHECK(fault_of(f.registry.redeem_enrolment_code("", t0)) == 4010);
        CHECK(fault_of(f.registry.redeem_enrolment_code(std::string(100000, '-'), t0)) == 4010);
    }
    SECTION("of a user revoked meanwhile") {
        REQUIRE(f.registry.revoke_user(ann.open_id, t0));
        CHECK(fault_of(f.registry.redeem_enrolment_code(code->token, t0)) == 4010);
        CHECK(f.registry.make_enrolment_code(ann.open_id, t0).error().is(Errc::not_found));
    }
}

TEST_CASE("enrolment: the newest ten codes of a user are good", "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    std::vector<std::string> codes;
    for (int i = 0; i < 11; ++i) codes.push_back(f.registry.make_enrolment_code(ann.open_id, t0)->token);
    CHECK(fault_of(f.registry.redeem_enrolment_code(codes[0], t0)) == 4010);
    CHECK(f.registry.redeem_enrolment_code(codes[1], t0));
    CHECK(f.registry.redeem_enrolment_code(codes[10], t0));
}

TEST_CASE("userToken: good for exactly 30 days, until log-out, until the user is revoked",
          "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    const auto login = f.registry.issue_user_token(ann.open_id, t0);
    REQUIRE(login);
    const std::string token = login->token.token;
    const UnixMillis end = t0 + 30LL * 86400 * second;
    CHECK(login->token.expires == end);
    const auto identity = f.registry.check_user_token(token, end - 1);
    REQUIRE(identity);
    CHECK(identity->user == ann);
    CHECK(identity->expires == end);
    CHECK(identity->token_id.size() == 16);
    CHECK(fault_of(f.registry.check_user_token(token, end)) == 4010);
    CHECK(fault_of(f.registry.check_user_token(token + "x", t0)) == 4010);
    CHECK(fault_of(f.registry.check_user_token("", t0)) == 4010);

    SECTION("log-out ends this token alone, tells its id, and may be repeated") {
        const auto other = f.registry.issue_user_token(ann.open_id, t0);
        CHECK(f.registry.revoke_user_token(token, t0));
        CHECK(f.registry.revoke_user_token(token, t0));
        CHECK(fault_of(f.registry.check_user_token(token, t0)) == 4010);
        CHECK(f.registry.check_user_token(other->token.token, t0));
        const auto changes = f.registry.changes_after(0);
        REQUIRE(changes->size() == 1);
        CHECK((*changes)[0] == Change{(*changes)[0].id, Change::What::user_token_revoked, ann.open_id, "",
                                      identity->token_id});
    }
    SECTION("revoked user") {
        REQUIRE(f.registry.revoke_user(ann.open_id, t0));
        CHECK(fault_of(f.registry.check_user_token(token, t0)) == 4014);
        CHECK(fault_of(f.registry.issue_user_token(ann.open_id, t0)) == 4014);
    }
    CHECK(fault_of(f.registry.issue_user_token("oNobody", t0)) == 4010);
}

TEST_CASE("userToken: the 21st ends the oldest, and its channels are told of", "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    std::vector<std::string> tokens;
    for (int i = 0; i < 21; ++i) tokens.push_back(f.registry.issue_user_token(ann.open_id, t0)->token.token);
    CHECK(fault_of(f.registry.check_user_token(tokens[0], t0)) == 4010);
    CHECK(f.registry.check_user_token(tokens[1], t0));
    CHECK(f.registry.check_user_token(tokens[20], t0));
    CHECK(f.registry.changes_after(0)->size() == 1);
}

TEST_CASE("secrets: no token, code, ticket or appSecret stands in the file; pushTokens do",
          "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user();
    const std::string push = f.registry.issue_push_token("SN1", t0)->token;
    std::vector<std::string> secrets{"a secret of the app",
                                     f.registry.make_enrolment_code(ann.open_id, t0)->token,
                                     f.registry.issue_user_token(ann.open_id, t0)->token.token,
                                     f.registry.issue_access_token("wx1", "a secret of the app", t0)->token,
                                     f.registry.issue_device_token("SN1", t0)->token,
                                     f.ticket()};
    std::string all;
    for (const char* suffix : {"", "-wal"}) {
        FILE* stream = std::fopen((f.file.string() + suffix).c_str(), "rb");
        REQUIRE(stream);
        char buffer[4096];
        for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, stream)) != 0;)
            all.append(buffer, n);
        std::fclose(stream);
    }
    CHECK(all.find(push) != std::string::npos);
    for (const std::string& secret : secrets) CHECK(all.find(secret) == std::string::npos);
}

}  // namespace voip::registry
