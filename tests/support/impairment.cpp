#include "tests/support/impairment.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

namespace voip::test {
namespace {

constexpr double most = 1e6;

Result<double> number(std::string_view word, std::string_view text, double limit) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > limit)
        return fail(Errc::bad_message, std::string(word) + ": no number from 0 to " + std::to_string(limit));
    return value;
}

bool read_directions(std::string_view word, Order& order) {
    order.forth = word == "forth" || word == "both";
    order.back = word == "back" || word == "both";
    return order.forth || order.back;
}

Result<void> read_setting(std::string_view word, Impairment& impairment) {
    const auto sign = std::min(word.find('='), word.size());
    const auto name = word.substr(0, sign);
    const bool is_share = name == "loss" || name == "reorder";
    const auto value = number(word, word.substr(std::min(sign + 1, word.size())), is_share ? 100 : most);
    if (!value) return value.error();
    if (name == "loss")
        impairment.loss = *value / 100;
    else if (name == "reorder")
        impairment.reorder = *value / 100;
    else if (name == "delay")
        impairment.delay = from_seconds(*value / 1000);
    else if (name == "jitter")
        impairment.jitter = from_seconds(*value / 1000);
    else if (name == "queue")
        impairment.queue = from_seconds(*value / 1000);
    else if (name == "rate")
        impairment.rate_kbps = static_cast<unsigned>(*value);
    else
        return fail(Errc::bad_message, std::string(word) + ": no such setting");
    return {};
}

Result<Order> read_cut(const std::vector<std::string>& words, Order order) {
    order.kind = Order::Kind::cut;
    if (words.size() != 3 || !read_directions(words[1], order))
        return fail(Errc::bad_message, "cut: a direction and seconds");
    const auto seconds = number(words[2], words[2], most);
    if (!seconds) return seconds.error();
    order.length = from_seconds(*seconds);
    return order;
}

}  // namespace

double Schedule::chance() {
    constexpr double steps = 9007199254740992.0;  // 2^53: the same on every standard library
    return static_cast<double>(random_() >> 11) / steps;
}

std::optional<TimePoint> Schedule::leaves(std::size_t bytes, TimePoint now) {
    // Always the same number of draws, so that one setting does not change what another one does.
    const double loss = chance(), jitter = chance(), reorder = chance();
    if (now < cut_until_) {
        ++counts_.cut;
        return std::nullopt;
    }
    if (loss < impairment_.loss) {
        ++counts_.lost;
        return std::nullopt;
    }
    TimePoint sent = now;
    if (impairment_.rate_kbps > 0) {
        const TimePoint begins = std::max(now, sent_);
        if (begins - now > impairment_.queue) {
            ++counts_.overflowed;
            return std::nullopt;
        }
        sent = begins + from_seconds(static_cast<double>(bytes) * 8 / 1000 / impairment_.rate_kbps);
        sent_ = sent;
    }
    ++counts_.passed;
    sent += impairment_.delay;
    if (reorder < impairment_.reorder) return sent;
    const double late = jitter * static_cast<double>(impairment_.jitter.count());
    last_ = std::max(last_, sent + Duration(static_cast<Duration::rep>(late)));
    return last_;
}

Result<Order> parse_order(std::string_view line) {
    std::istringstream stream{std::string(line)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    Order order;
    if (words.empty()) return fail(Errc::bad_message, "an empty line");
    if (words[0] == "count" && words.size() == 1) return order;
    if (words[0] == "cut") return read_cut(words, order);
    if (!read_directions(words[0], order)) return fail(Errc::bad_message, words[0] + ": no such order");
    order.kind = Order::Kind::impair;
    for (std::size_t i = 1; i < words.size(); ++i)
        if (const auto read = read_setting(words[i], order.impairment); !read) return read.error();
    return order;
}

}  // namespace voip::test
