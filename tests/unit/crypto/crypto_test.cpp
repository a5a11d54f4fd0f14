#include "protocol/crypto/crypto.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

std::string from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    return out;
}

// RFC 6979, A.2.5: the P-256 key and its signature of "sample" with SHA-256.
const std::string rfc6979_key =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const std::string rfc6979_signature =
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

}  // namespace

TEST_CASE("crypto: SHA-256 gives the vectors of FIPS 180-2", "[crypto][unit]") {
    CHECK(crypto::hex(crypto::sha256("")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(crypto::hex(crypto::sha256("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("crypto: HMAC gives vectors of RFC 4231 and RFC 2202", "[crypto][unit]") {
    CHECK(crypto::hex(crypto::hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(crypto::hex(crypto::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(crypto::hex(crypto::hmac_sha256(std::string(131, '\xaa'),
                                          "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(crypto::hex(crypto::hmac_sha1(std::string(20, '\x0b'), "Hi There")) ==
          "b617318655057264e28bc0b6fb378c8ef146be00");
    CHECK(crypto::hex(crypto::hmac_sha1("Jefe", "what do ya want for nothing?")) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_CASE("crypto: base64 gives the seven vectors of RFC 4648", "[crypto][unit]") {
    const std::pair<const char*, const char*> table[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : table) {
        CHECK(crypto::base64(plain) == encoded);
        std::string unpadded = encoded;
        unpadded.resize(unpadded.find_last_not_of('=') + 1);
        CHECK(crypto::base64url(plain) == unpadded);
        CHECK(crypto::from_base64url(unpadded) == plain);
    }
    CHECK(crypto::base64("\xfb\xff\xfe") == "+//+");
    CHECK(crypto::base64url("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("crypto: base64url takes only the one canonical spelling", "[crypto][unit]") {
    REQUIRE(crypto::from_base64url("Zm8") == "fo");
    for (const char* bad : {"A", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n"}) {
        INFO(bad);
        CHECK_FALSE(crypto::from_base64url(bad).has_value());
    }
}

TEST_CASE("crypto: 256 byte values survive base64url", "[crypto][unit]") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (std::size_t size = 0; size <= all.size(); ++size)
        REQUIRE(crypto::from_base64url(crypto::base64url(all.substr(0, size))) == all.substr(0, size));
}

TEST_CASE("crypto: comparison in constant time tells equal from unequal", "[crypto][unit]") {
    CHECK(crypto::equal_in_constant_time("", ""));
    CHECK(crypto::equal_in_constant_time("secret", "secret"));
    CHECK_FALSE(crypto::equal_in_constant_time("secret", "secreT"));
    CHECK_FALSE(crypto::equal_in_constant_time("secret", "Secret"));
    CHECK_FALSE(crypto::equal_in_constant_time("secret", "secret "));
    CHECK_FALSE(crypto::equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST_CASE("crypto: 1000 random values do not repeat and have the asked length", "[crypto][unit]") {
    std::set<std::string> seen;
    std::set<std::uint64_t> numbers;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(crypto::random_bytes(16));
        numbers.insert(crypto::random_number());
    }
    CHECK(seen.size() == 1000);
    CHECK(numbers.size() == 1000);
    CHECK(crypto::random_bytes(5000).size() == 5000);  // more than the generator gives at once
    CHECK(crypto::random_bytes(0).empty());
}

TEST_CASE("crypto: random text uses all 62 characters and no other", "[crypto][unit]") {
    const std::string text = crypto::random_text(20000);
    REQUIRE(text.size() == 20000);
    std::set<char> used(text.begin(), text.end());
    CHECK(used.size() == 62);
    for (const char c : used) CHECK(std::isalnum(static_cast<unsigned char>(c)) != 0);
}

TEST_CASE("crypto: the ECDSA vector of RFC 6979 A.2.5 verifies and its changed forms do not",
          "[crypto][unit]") {
    const std::string key = crypto::base64url(from_hex(rfc6979_key));
    const std::string signature = crypto::base64url(from_hex(rfc6979_signature));
    REQUIRE(crypto::is_public_key(key));
    CHECK(crypto::verify(key, "sample", signature));
    CHECK_FALSE(crypto::verify(key, "sample.", signature));
    std::string raw = from_hex(rfc6979_signature);
    raw.back() = static_cast<char>(raw.back() ^ 1);
    CHECK_FALSE(crypto::verify(key, "sample", crypto::base64url(raw)));
    CHECK_FALSE(crypto::verify(key, "sample", crypto::base64url(from_hex(rfc6979_signature) + "x")));
    CHECK_FALSE(crypto::verify(key, "sample", ""));
    CHECK_FALSE(crypto::verify(key, "sample", "not base64!"));
}

TEST_CASE("crypto: a point off the curve, another curve and other spellings are no public keys",
          "[crypto][unit]") {
    std::string raw = from_hex(rfc6979_key);
    CHECK_FALSE(crypto::is_public_key(""));
    CHECK_FALSE(crypto::is_public_key(crypto::base64url(raw + "x")));
    CHECK_FALSE(crypto::is_public_key(crypto::base64url(raw.substr(0, raw.size() - 1))));
    CHECK_FALSE(crypto::is_public_key(crypto::base64(raw)));  // padded
    raw.back() = static_cast<char>(raw.back() ^ 1);
    CHECK_FALSE(crypto::is_public_key(crypto::base64url(raw)));
    // secp256k1 instead of secp256r1
    std::string other =
        from_hex("3056301006072a8648ce3d020106052b8104000a034200") + from_hex(rfc6979_key).substr(26);
    CHECK_FALSE(crypto::is_public_key(crypto::base64url(other)));
}

TEST_CASE("crypto: a key pair survives PEM, signs and is verified by its own public key only",
          "[crypto][unit]") {
    const auto pair = crypto::KeyPair::generate();
    const auto again = crypto::KeyPair::from_pem(pair.private_pem());
    REQUIRE(again);
    CHECK(again->public_key() == pair.public_key());
    CHECK(pair.public_key().size() == 122);  // 91 bytes
    const std::string signature = again->sign("text");
    CHECK(crypto::verify(pair.public_key(), "text", signature));
    CHECK_FALSE(crypto::verify(pair.public_key(), "tex", signature));
    CHECK_FALSE(crypto::verify(crypto::KeyPair::generate().public_key(), "text", signature));
}

TEST_CASE("crypto: text that is no P-256 private key is refused with a reason", "[crypto][unit]") {
    const char* p384 =  // made for this test
        "-----BEGIN PRIVATE KEY-----\n"
        "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBEHrfAGv2JUys9Zcw1\n"
        "mZ8mmZy73+jUngA1tH/XsZmM43ckjaX5z2gMCkoNICivOXOhZANiAAT9FFEcQz8I\n"
        "X0BWvd6A07dEQzPBZPlDIopQ69InjBV97Or34DCIU3o2KjbmJSOhjo+YeGKV9aou\n"
        "ga2DZPyhRZOjyFWwByJ/tflvcLQ3MYoK1vgkPer2dd3vE5SecoA2Vcs=\n"
        "-----END PRIVATE KEY-----\n";
    const char* damaged = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (const std::string& bad :
         {std::string(), std::string(damaged), std::string(p384), std::string(9000, 'x')}) {
        const auto result = crypto::KeyPair::from_pem(bad);
        REQUIRE_FALSE(result);
        CHECK(result.error().is(Errc::bad_message));
    }
    CHECK(crypto::KeyPair::from_pem(p384).error().context ==
          "not a P-256 key pair");  // read, but another curve
    std::string broken = crypto::KeyPair::generate().private_pem();
    broken.replace(broken.find("MHcC") + 20, 4, "AAAA");  // inside the private number
    CHECK_FALSE(crypto::KeyPair::from_pem(broken));
}
