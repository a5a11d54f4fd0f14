#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstring>
#include <random>
#include <string_view>
#include <vector>

#include "daemon/engine/network_watch.hpp"
#include "tests/support/catch.hpp"

namespace voip::engine {
namespace {

using Bytes = std::vector<std::byte>;

template <class T>
void append(Bytes& bytes, const T& value) {
    const auto at = bytes.size();
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class Body>
Bytes message(std::uint16_t type, const Body& body, const Bytes& attributes = {}) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof body + attributes.size());
    Bytes all;
    append(all, header);
    append(all, body);
    all.insert(all.end(), attributes.begin(), attributes.end());
    while (all.size() % 4 != 0) all.push_back(std::byte{0});
    return all;
}

Bytes link(std::uint16_t type, int index, unsigned flags) {
    ifinfomsg body{};
    body.ifi_index = index;
    body.ifi_flags = flags;
    return message(type, body);
}

Bytes address(std::uint16_t type, unsigned index, std::string_view value,
              unsigned char scope = RT_SCOPE_UNIVERSE) {
    ifaddrmsg body{};
    body.ifa_family = AF_INET;
    body.ifa_index = index;
    body.ifa_scope = scope;
    rtattr attribute{};
    attribute.rta_type = IFA_LOCAL;
    attribute.rta_len = static_cast<unsigned short>(sizeof attribute + value.size());
    Bytes attributes;
    append(attributes, attribute);
    for (const char c : value) attributes.push_back(static_cast<std::byte>(c));
    return message(type, body, attributes);
}

Bytes route(unsigned char destination_bits, unsigned char table = RT_TABLE_MAIN,
            unsigned char type = RTN_UNICAST) {
    rtmsg body{};
    body.rtm_dst_len = destination_bits;
    body.rtm_table = table;
    body.rtm_type = type;
    return message(RTM_NEWROUTE, body);
}

constexpr unsigned up = IFF_UP, carrier = IFF_UP | IFF_RUNNING;

TEST_CASE("network: carrier counts once, until it is gone and comes back", "[engine][unit]") {
    NetworkEvents events;
    CHECK_FALSE(events.read(link(RTM_NEWLINK, 2, up)));
    CHECK(events.read(link(RTM_NEWLINK, 2, carrier)));
    CHECK_FALSE(events.read(link(RTM_NEWLINK, 2, carrier)));  // Wi-Fi statistics come as the same message
    CHECK_FALSE(events.read(link(RTM_NEWLINK, 2, up)));
    CHECK(events.read(link(RTM_NEWLINK, 2, carrier)));
    CHECK_FALSE(events.read(link(RTM_DELLINK, 2, carrier)));
    CHECK(events.read(link(RTM_NEWLINK, 2, carrier)));
    CHECK(events.read(link(RTM_NEWLINK, 3, carrier)));
}

TEST_CASE("network: loopback is no road", "[engine][unit]") {
    NetworkEvents events;
    CHECK_FALSE(events.read(link(RTM_NEWLINK, 1, carrier | IFF_LOOPBACK)));
    CHECK_FALSE(events.read(address(RTM_NEWADDR, 1, "\x7f\0\0\x01", RT_SCOPE_HOST)));
}

TEST_CASE("network: an address counts when it is new, not when it is repeated", "[engine][unit]") {
    NetworkEvents events;
    CHECK(events.read(address(RTM_NEWADDR, 2, "abcd")));
    CHECK_FALSE(events.read(address(RTM_NEWADDR, 2, "abcd")));
    CHECK(events.read(address(RTM_NEWADDR, 3, "abcd")));
    CHECK(events.read(address(RTM_NEWADDR, 2, "abce")));
    CHECK_FALSE(events.read(address(RTM_DELADDR, 2, "abcd")));
    CHECK(events.read(address(RTM_NEWADDR, 2, "abcd")));
}

TEST_CASE("network: a default route counts, other routes do not", "[engine][unit]") {
    NetworkEvents events;
    CHECK(events.read(route(0)));
    CHECK_FALSE(events.read(route(24)));
    CHECK_FALSE(events.read(route(0, RT_TABLE_LOCAL)));
    CHECK_FALSE(events.read(route(0, RT_TABLE_MAIN, RTN_UNREACHABLE)));
}

TEST_CASE("network: every message of a datagram is read", "[engine][unit]") {
    NetworkEvents events;
    Bytes both = link(RTM_NEWLINK, 2, up);
    const Bytes second = address(RTM_NEWADDR, 2, "abcd");
    both.insert(both.end(), second.begin(), second.end());
    CHECK(events.read(both));
    CHECK_FALSE(events.read(second));
}

TEST_CASE("network: 20000 damaged datagrams do no harm", "[engine][unit]") {
    std::mt19937 random(4);
    NetworkEvents events;
    const Bytes good[] = {link(RTM_NEWLINK, 2, carrier), address(RTM_NEWADDR, 2, "abcdabcdabcdabcd"),
                          route(0)};
    for (int i = 0; i < 20000; ++i) {
        Bytes bytes = good[random() % 3];
        bytes.resize(random() % (bytes.size() + 1));
        for (unsigned flips = random() % 4; flips > 0 && !bytes.empty(); --flips)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random() & 0xffU);
        bytes.shrink_to_fit();  // so that a sanitizer sees a read behind the end
        (void)events.read(bytes);
    }
    CHECK_FALSE(events.read({}));
}

TEST_CASE("network events: an address that has gone is told once, those of the link and the host never",
          "[engine][unit]") {
    NetworkEvents events;
    CHECK(events.read(address(RTM_NEWADDR, 2, "abcd")));
    CHECK_FALSE(events.moved());
    CHECK_FALSE(events.read(address(RTM_DELADDR, 2, "abcd")));
    CHECK(events.moved());
    CHECK_FALSE(events.moved());
    CHECK_FALSE(events.read(address(RTM_DELADDR, 2, "fe80", RT_SCOPE_LINK)));
    CHECK_FALSE(events.read(address(RTM_DELADDR, 1, "127.", RT_SCOPE_HOST)));
    CHECK_FALSE(events.moved());
}

}  // namespace
}  // namespace voip::engine
