#include "daemon/identity/standing.hpp"

#include "tests/support/catch.hpp"

namespace voip::identity {
namespace {

const Reply yes{json::Value(json::Object{})};
const Reply lost_answer{fail(Errc::timeout)};
Reply no(int code) {
    return Reply{Fault{code, "reason", {}, {}}};
}

Standing standing(Enrolment enrolment) {
    Standing made;
    made.loaded(enrolment, {});
    return made;
}

TEST_CASE("standing: what the folder says is what is shown and whether tokens are asked for",
          "[identity][unit]") {
    struct Row {
        Enrolment enrolment;
        RegistrationState shown;
        bool asks;
    };
    const Row rows[] = {{Enrolment::none, RegistrationState::unregistered, false},
                        {Enrolment::pending, RegistrationState::registering, true},
                        {Enrolment::registered, RegistrationState::registered, true},
                        {Enrolment::lost, RegistrationState::lost, false}};
    for (const Row& row : rows) {
        CAPTURE(to_string(row.enrolment));
        CHECK(standing(row.enrolment).state() == row.shown);
        CHECK(standing(row.enrolment).may_ask() == row.asks);
    }
}

TEST_CASE("standing: before a registration goes out the record says pending, and registered stays",
          "[identity][unit]") {
    for (const Enrolment before : {Enrolment::none, Enrolment::pending, Enrolment::lost}) {
        Standing it = standing(before);
        CHECK(it.begin() == Enrolment::pending);
        CHECK(it.state() == RegistrationState::registering);
        CHECK_FALSE(it.may_ask());
    }
    Standing registered = standing(Enrolment::registered);
    CHECK(registered.begin() == Enrolment::registered);
}

TEST_CASE("standing: the outcome of a registration from each of the 4 starting points", "[identity][unit]") {
    struct Row {
        Enrolment before;
        Verdict verdict;
        Enrolment recorded;
        RegistrationState shown;
    };
    using E = Enrolment;
    using R = RegistrationState;
    // clang-format off
    const Row rows[] = {
        {E::none,       Verdict::accepted,   E::registered, R::registered},
        {E::none,       Verdict::new_ticket, E::none,       R::unregistered},
        {E::none,       Verdict::other_key,  E::none,       R::refused},
        {E::none,       Verdict::refused,    E::none,       R::refused},
        {E::none,       Verdict::try_later,  E::pending,    R::registering},
        {E::pending,    Verdict::accepted,   E::registered, R::registered},
        {E::pending,    Verdict::new_ticket, E::pending,    R::unregistered},
        {E::pending,    Verdict::try_later,  E::pending,    R::registering},
        {E::registered, Verdict::accepted,   E::registered, R::registered},
        {E::registered, Verdict::new_ticket, E::registered, R::registered},
        {E::registered, Verdict::other_key,  E::registered, R::refused},
        {E::registered, Verdict::try_later,  E::registered, R::registered},
        {E::lost,       Verdict::accepted,   E::registered, R::registered},
        {E::lost,       Verdict::other_key,  E::lost,       R::lost},
        {E::lost,       Verdict::new_ticket, E::lost,       R::lost},
        {E::lost,       Verdict::try_later,  E::pending,    R::registering},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(to_string(row.before), to_string(row.verdict));
        Standing it = standing(row.before);
        (void)it.begin();
        const Reply& reply = row.verdict == Verdict::accepted    ? yes
                             : row.verdict == Verdict::try_later ? lost_answer
                                                                 : no(10008);
        CHECK(it.enrolled(row.verdict, reply) == row.recorded);
        CHECK(it.state() == row.shown);
        CHECK(it.enrolment() == row.recorded);
        CHECK_FALSE(it.busy());
        const bool refused = row.verdict != Verdict::accepted && row.verdict != Verdict::try_later;
        CHECK(it.err_code().has_value() == refused);
        CHECK(it.err_msg() == (refused ? "reason" : ""));
    }
}

TEST_CASE("standing: a token proves a registration whose answer was lost, once", "[identity][unit]") {
    Standing it = standing(Enrolment::pending);
    CHECK(it.token_asked(Verdict::accepted, yes));
    CHECK(it.state() == RegistrationState::registered);
    CHECK_FALSE(it.token_asked(Verdict::accepted, yes));  // nothing to write any more
}

TEST_CASE("standing: refusals of a token show, go with the next token, and are not written",
          "[identity][unit]") {
    Standing it = standing(Enrolment::registered);
    CHECK_FALSE(it.token_asked(Verdict::refused, no(4014)));
    CHECK(it.state() == RegistrationState::refused);
    CHECK(it.err_code() == 4014);
    CHECK(it.enrolment() == Enrolment::registered);
    CHECK(it.may_ask());
    CHECK_FALSE(it.token_asked(Verdict::not_registered, no(9800004)));
    CHECK(it.state() == RegistrationState::unregistered);
    CHECK_FALSE(it.token_asked(Verdict::try_later, lost_answer));
    CHECK(it.err_code() == 9800004);  // the network says nothing about it
    CHECK_FALSE(it.token_asked(Verdict::accepted, yes));
    CHECK(it.state() == RegistrationState::registered);
    CHECK_FALSE(it.err_code());
    CHECK(it.err_msg().empty());
}

TEST_CASE("standing: an unreadable folder outweighs everything", "[identity][unit]") {
    Standing it;
    it.unreadable("identity.key: permission denied");
    CHECK(it.state() == RegistrationState::unreadable);
    CHECK_FALSE(it.may_ask());
    CHECK(it.err_msg() == "identity.key: permission denied");
}

TEST_CASE("standing: every state has its word", "[identity][unit]") {
    CHECK(to_string(RegistrationState::unregistered) == "unregistered");
    CHECK(to_string(RegistrationState::registering) == "registering");
    CHECK(to_string(RegistrationState::registered) == "registered");
    CHECK(to_string(RegistrationState::refused) == "refused");
    CHECK(to_string(RegistrationState::lost) == "lost");
    CHECK(to_string(RegistrationState::unreadable) == "unreadable");
}

}  // namespace
}  // namespace voip::identity
