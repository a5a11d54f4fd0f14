#include "protocol/reader.hpp"

#include "protocol/words.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::parsed;

namespace {

/// The fault that reading `text` with `read` gives.
Fault fault_of(std::string_view text, const std::function<void(Reader&)>& read) {
    const json::Value value = parsed(text);
    Reader reader(value);
    read(reader);
    INFO(text);
    REQUIRE_FALSE(reader.ok());
    return reader.fault();
}

}  // namespace

TEST_CASE("reader: all kinds of members are read", "[protocol][unit]") {
    const json::Value value = parsed(
        R"({"s":"text","i":5,"n":2.5,"b":true,"w":"voice","o":{"x":"y"},"a":[{"x":"1"},{"x":"2"}],"t":["p","q"]})");
    Reader reader(value);
    CHECK(reader.string("s", rule::call_id) == "text");
    CHECK(reader.integer("i", 0, 5) == 5);
    CHECK(reader.number("n", 0, 3) == 2.5);
    CHECK(reader.number("i", 0, 5) == 5.0);
    CHECK(reader.boolean("b"));
    CHECK(reader.word("w", room_type) == RoomType::voice);
    Reader inner = reader.object("o");
    CHECK(inner.present());
    CHECK(inner.string("x", rule::call_id) == "y");
    std::string seen;
    reader.objects("a", 2, [&](Reader& item) { seen += item.string("x", rule::call_id); });
    CHECK(seen == "12");
    CHECK(reader.strings("t", 2, rule::call_id) == std::vector<std::string>{"p", "q"});
    CHECK(reader.value("b") != nullptr);
    CHECK(reader.has("s"));
    CHECK_FALSE(reader.has("none"));
    CHECK(reader.ok());
    CHECK(*reader.finish(7) == 7);
}

TEST_CASE("reader: absent optional members give nothing and no fault", "[protocol][unit]") {
    const json::Value value = parsed("{}");
    Reader reader(value);
    CHECK_FALSE(reader.optional_string("s", rule::call_id));
    CHECK_FALSE(reader.optional_integer("i", 0, 5));
    CHECK_FALSE(reader.optional_int("i", 0, 5));
    CHECK_FALSE(reader.optional_number("n", 0, 5));
    CHECK_FALSE(reader.optional_boolean("b"));
    CHECK_FALSE(reader.optional_word("w", room_type));
    Reader inner = reader.optional_object("o");
    CHECK_FALSE(inner.present());
    CHECK(inner.string("required", rule::call_id).empty());  // of an absent object nothing is required
    CHECK(reader.ok());
}

TEST_CASE("reader: 24 faults name the member by its path", "[protocol][unit]") {
    struct Case {
        const char* text;
        std::function<void(Reader&)> read;
        const char* field;
        const char* err_msg;
    };
    const Case cases[] = {
        {"[]", [](Reader&) {}, "", "an object is needed, not array"},
        {"null", [](Reader&) {}, "", "an object is needed, not null"},
        {"{}", [](Reader& r) { (void)r.string("s", rule::call_id); }, "s", "s: missing"},
        {"{}", [](Reader& r) { (void)r.integer("i", 0, 1); }, "i", "i: missing"},
        {"{}", [](Reader& r) { (void)r.number("n", 0, 1); }, "n", "n: missing"},
        {"{}", [](Reader& r) { (void)r.boolean("b"); }, "b", "b: missing"},
        {"{}", [](Reader& r) { (void)r.word("w", room_type); }, "w", "w: missing"},
        {"{}", [](Reader& r) { Reader o = r.object("o"); }, "o", "o: missing"},
        {"{}", [](Reader& r) { (void)r.value("v"); }, "v", "v: missing"},
        {"{}", [](Reader& r) { r.objects("a", 1, [](Reader&) {}); }, "a", "a: missing"},
        {R"({"s":5})", [](Reader& r) { (void)r.string("s", rule::call_id); }, "s",
         "s: a string is needed, not integer"},
        {R"({"s":null})", [](Reader& r) { (void)r.optional_string("s", rule::call_id); }, "s",
         "s: a string is needed, not null"},
        {R"({"s":""})", [](Reader& r) { (void)r.string("s", rule::call_id); }, "s", "s: empty"},
        {R"({"s":"a\nb"})", [](Reader& r) { (void)r.string("s", rule::call_id); }, "s",
         "s: must hold no control characters"},
        {R"({"s":"short"})", [](Reader& r) { (void)r.string("s", rule::sn_ticket); }, "s",
         "s: exactly 32 bytes are allowed"},
        {R"({"i":1.0})", [](Reader& r) { (void)r.integer("i", 0, 1); }, "i",
         "i: an integer is needed, not fraction"},
        {R"({"i":"1"})", [](Reader& r) { (void)r.integer("i", 0, 1); }, "i",
         "i: an integer is needed, not string"},
        {R"({"i":2})", [](Reader& r) { (void)r.integer("i", 0, 1); }, "i", "i: 0 to 1 is allowed"},
        {R"({"n":true})", [](Reader& r) { (void)r.number("n", 0, 1); }, "n",
         "n: a number is needed, not boolean"},
        {R"({"n":1.5})", [](Reader& r) { (void)r.number("n", 0, 1); }, "n", "n: outside its range"},
        {R"({"b":1})", [](Reader& r) { (void)r.boolean("b"); }, "b", "b: a boolean is needed, not integer"},
        {R"({"w":"Voice"})", [](Reader& r) { (void)r.word("w", room_type); }, "w", "w: unknown word"},
        {R"({"w":[]})", [](Reader& r) { (void)r.word("w", room_type); }, "w",
         "w: a string is needed, not array"},
        {R"({"a":{}})", [](Reader& r) { (void)r.strings("a", 1, rule::call_id); }, "a",
         "a: an array is needed, not object"},
    };
    CHECK(std::size(cases) == 24);
    for (const Case& c : cases) CHECK(fault_of(c.text, c.read) == Fault{1004, c.err_msg, c.field, {}});
}

TEST_CASE("reader: paths go through objects and arrays", "[protocol][unit]") {
    const auto deep = [](Reader& r) {
        Reader one = r.object("one");
        one.objects("list", 10, [](Reader& item) {
            Reader two = item.object("two");
            (void)two.strings("texts", 10, rule::call_id);
        });
    };
    CHECK(fault_of(R"({"one":{"list":[{"two":{"texts":[]}},{"two":{"texts":["a",5]}}]}})", deep).field ==
          "one.list[1].two.texts[1]");
    CHECK(fault_of(R"({"one":{"list":[{"two":{"texts":[]}},7]}})", deep).field == "one.list[1]");
    CHECK(fault_of(R"({"one":{"list":[{}]}})", deep).field == "one.list[0].two");
    CHECK(fault_of(R"({"one":{"list":5}})", deep).field == "one.list");
    CHECK(fault_of(R"({"one":[]})", deep).field == "one");
}

TEST_CASE("reader: the first of three faults is kept, and nothing is read after it", "[protocol][unit]") {
    const json::Value value = parsed(R"({"a":1,"b":2,"good":"text","o":{"x":"y"},"list":[{"x":"1"}]})");
    Reader reader(value);
    (void)reader.string("a", rule::call_id);
    (void)reader.boolean("b");
    reader.refuse("c", "wrong", 77);
    CHECK(reader.fault() == Fault{1004, "a: a string is needed, not integer", "a", {}});
    CHECK(reader.string("good", rule::call_id).empty());
    CHECK(reader.value("good") == nullptr);
    CHECK_FALSE(reader.optional_object("o").present());
    reader.objects("list", 5, [](Reader&) { FAIL("read after a fault"); });
    CHECK(reader.strings("list", 5, rule::call_id).empty());
    const auto answer = reader.finish(std::string("result"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().field == "a");
}

TEST_CASE("reader: the code is the reader's, the rule's or the one given", "[protocol][unit]") {
    const json::Value value = parsed(R"({"roomId":5})");
    Reader answer(value, code::bad_answer);
    (void)answer.integer("none", 0, 1);
    CHECK(answer.fault().err_code == 1003);
    Reader room(value);
    (void)room.string("roomId", rule::room_id);
    CHECK(room.fault().err_code == 1);
    Reader missing(value);
    (void)missing.string("callId", rule::room_call_id);
    CHECK(missing.fault().err_code == 1);
    Reader own(value);
    own.refuse("roomId", "foreign", code::forbidden);
    CHECK(own.fault() == Fault{4030, "roomId: foreign", "roomId", {}});
}

TEST_CASE("reader: one item more than allowed is refused", "[protocol][unit]") {
    CHECK(fault_of(R"({"a":[{},{},{}]})", [](Reader& r) { r.objects("a", 2, [](Reader&) {}); }).err_msg ==
          "a: at most 2 items are allowed");
    CHECK(fault_of(R"({"a":["x","y","z"]})", [](Reader& r) {
              (void)r.strings("a", 2, rule::call_id);
          }).field == "a");
}

TEST_CASE("reader: no fault repeats what was sent", "[protocol][unit]") {
    const std::string secret = "s3cr3t";
    const json::Value value = parsed(R"({"t":"s3cr3t\n","w":"s3cr3t","i":987654321})");
    const std::vector<std::function<void(Reader&)>> reads{
        [](Reader& r) { (void)r.string("t", rule::token); }, [](Reader& r) { (void)r.word("w", room_type); },
        [](Reader& r) { (void)r.string("w", rule::sn_ticket); },
        [](Reader& r) { (void)r.integer("i", 0, 9); }};
    for (const auto& read : reads) {
        Reader reader(value);
        read(reader);
        REQUIRE_FALSE(reader.ok());
        CHECK(reader.fault().err_msg.find(secret) == std::string::npos);
        CHECK(reader.fault().err_msg.find("987654321") == std::string::npos);
    }
}
