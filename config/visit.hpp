#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/rules.hpp"

/// The four visitors of a description (describe_*.hpp): Reader, Writer, Lister, Reloader. Each offers
///   option(Key, member, rule)   one value
///   switchable(name, member)    a section with an option `enabled`, for which `true` or `false` may stand
///   alone list(Key, member, max)      a list of objects, which have a description of their own section(name,
///   member)       an object with a description of its own
namespace voip::config {

/// Whether an option must be there: no; yes; or as the judge of the whole configuration says.
enum class Need { no, yes, by_judge };
enum class Reload { restart, live };

struct Key {
    std::string_view name;
    Need need = Need::no;
    Reload reload = Reload::restart;
};

template <class S>
class Lister {
 public:
    Lister(std::vector<OptionInfo>& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}

    template <class F, class Rule>
    void option(const Key& key, F S::*field, const Rule& rule) {
        Words words = rule.words();
        put(key, std::move(words), json::write(rule.write(standard_.*field)));
    }
    template <class E>
    void list(const Key& key, std::vector<E> S::*, std::size_t max) {
        put(key, {"list of objects", "", "at most " + std::to_string(max)}, "[]");
        Lister<E> below(out_, prefix_ + std::string(key.name) + "[].");
        describe(below, static_cast<const E*>(nullptr));
    }
    template <class F>
    void section(std::string_view name, F S::*) {
        Lister<F> below(out_, prefix_ + std::string(name) + ".");
        describe(below, static_cast<const F*>(nullptr));
    }
    template <class F>
    void switchable(std::string_view name, F S::*field) {
        put({name}, {"boolean or object", "", "false, true, the options below"}, "true");
        section(name, field);
    }

 private:
    void put(const Key& key, Words words, std::string standard) {
        out_.push_back({prefix_ + std::string(key.name), std::move(words.type), std::move(words.unit),
                        std::move(words.range), key.need == Need::no ? std::move(standard) : "required",
                        key.reload == Reload::live});
    }

    std::vector<OptionInfo>& out_;
    std::string prefix_;
    S standard_{};
};

/// Every option below a section, in the order of its description.
template <class S>
std::vector<OptionInfo> list_options() {
    std::vector<OptionInfo> all;
    Lister<S> lister(all, "");
    describe(lister, static_cast<const S*>(nullptr));
    return all;
}

template <class S>
class Writer {
 public:
    explicit Writer(const S& from) : from_(from) {}

    template <class F, class Rule>
    void option(const Key& key, F S::*field, const Rule& rule) {
        object.set(key.name, rule.write(from_.*field));
    }
    template <class E>
    void list(const Key& key, std::vector<E> S::*field, std::size_t) {
        json::Array array;
        for (const E& element : from_.*field) array.push_back(written(element));
        object.set(key.name, std::move(array));
    }
    template <class F>
    void section(std::string_view name, F S::*field) {
        object.set(name, written(from_.*field));
    }
    template <class F>
    void switchable(std::string_view name, F S::*field) {
        section(name, field);
    }

    json::Value object = json::Object{};

 private:
    template <class F>
    static json::Value written(const F& from) {
        Writer<F> below(from);
        describe(below, static_cast<const F*>(nullptr));
        return std::move(below.object);
    }

    const S& from_;
};

/// The faults of names that no description has; `whole` lists the options of the whole file, to find
/// misplaced ones.
void refuse_unknown(const json::Object& object, const std::vector<std::string_view>& known,
                    std::vector<OptionInfo> (*whole)(), const Report& report);
/// The object behind a value, or null after a fault.
[[nodiscard]] const json::Object* expect_object(const json::Value& value, const Report& report);
[[nodiscard]] const json::Array* expect_list(const json::Value& value, std::size_t max, const Report& report);

template <class S>
class Reader {
 public:
    using Whole = std::vector<OptionInfo> (*)();
    Reader(S& into, const json::Value& from, Whole whole, Report report)
        : into_(into), from_(from), whole_(whole), report_(std::move(report)) {}

    /// Reads the section whole, unknown names included.
    void run() {
        const json::Object* object = expect_object(from_, report_);
        if (!object) return;
        describe(*this, static_cast<const S*>(nullptr));
        refuse_unknown(*object, known_, whole_, report_);
    }

    template <class F, class Rule>
    void option(const Key& key, F S::*field, const Rule& rule) {
        known_.push_back(key.name);
        const Report report = report_.member(key.name);
        if (const json::Value* value = from_.find(key.name))
            rule.read(*value, into_.*field, report);
        else if (key.need == Need::yes)
            report.fault("required");
    }
    template <class E>
    void list(const Key& key, std::vector<E> S::*field, std::size_t max) {
        known_.push_back(key.name);
        const json::Value* value = from_.find(key.name);
        if (!value) return;
        const Report report = report_.member(key.name);
        const json::Array* array = expect_list(*value, max, report);
        if (!array) return;
        (into_.*field).assign(array->size(), E{});
        for (std::size_t i = 0; i < array->size(); ++i)
            Reader<E>((into_.*field)[i], (*array)[i], whole_, report.item(i)).run();
    }
    template <class F>
    void section(std::string_view name, F S::*field) {
        known_.push_back(name);
        if (const json::Value* value = from_.find(name))
            Reader<F>(into_.*field, *value, whole_, report_.member(name)).run();
    }
    template <class F>
    void switchable(std::string_view name, F S::*field) {
        const json::Value* value = from_.find(name);
        if (!value || value->as_object()) return section(name, field);
        known_.push_back(name);
        if (const bool* enabled = value->as_bool())
            (into_.*field).enabled = *enabled;
        else
            report_.member(name).fault("must be true, false or an object, not " + a_type(*value));
    }

 private:
    S& into_;
    const json::Value& from_;
    Whole whole_;
    Report report_;
    std::vector<std::string_view> known_;
};

/// Takes live options over from a fresh configuration, notes what waits for a restart.
template <class S>
class Reloader {
 public:
    Reloader(S& into, const S& fresh, std::string prefix)
        : into_(into), fresh_(fresh), prefix_(std::move(prefix)) {}

    template <class F, class Rule>
    void option(const Key& key, F S::*field, const Rule&) {
        whole(key, field);
    }
    /// A list that is not live itself is taken over only when nothing but live options of its elements
    /// differ.
    template <class E>
    void list(const Key& key, std::vector<E> S::*field, std::size_t) {
        if (key.reload == Reload::live || (into_.*field).size() != (fresh_.*field).size())
            return whole(key, field);
        std::vector<E> elements = into_.*field;
        std::vector<std::string> changed;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            Reloader<E> below(elements[i], (fresh_.*field)[i],
                              path(key.name) + "[" + std::to_string(i) + "].");
            describe(below, static_cast<const E*>(nullptr));
            if (!below.needs_restart.empty()) return whole(key, field);
            changed.insert(changed.end(), below.applied.begin(), below.applied.end());
        }
        into_.*field = std::move(elements);
        applied.insert(applied.end(), changed.begin(), changed.end());
    }
    template <class F>
    void section(std::string_view name, F S::*field) {
        Reloader<F> below(into_.*field, fresh_.*field, path(name) + ".");
        describe(below, static_cast<const F*>(nullptr));
        applied.insert(applied.end(), below.applied.begin(), below.applied.end());
        needs_restart.insert(needs_restart.end(), below.needs_restart.begin(), below.needs_restart.end());
    }
    template <class F>
    void switchable(std::string_view name, F S::*field) {
        section(name, field);
    }

    std::vector<std::string> applied;
    std::vector<std::string> needs_restart;

 private:
    [[nodiscard]] std::string path(std::string_view name) const { return prefix_ + std::string(name); }

    template <class F>
    void whole(const Key& key, F S::*field) {
        if (into_.*field == fresh_.*field) return;
        if (key.reload == Reload::live) into_.*field = fresh_.*field;
        (key.reload == Reload::live ? applied : needs_restart).push_back(path(key.name));
    }

    S& into_;
    const S& fresh_;
    std::string prefix_;
};

template <class T>
json::Value encode_by_description(const T& config) {
    Writer<T> writer(config);
    describe(writer, static_cast<const T*>(nullptr));
    return std::move(writer.object);
}

/// JSON with comments; empty after a fault of the file as a whole.
[[nodiscard]] std::optional<json::Value> parse_text(std::string_view text, Problems& problems);

/// The one fault of a file that cannot be read.
[[nodiscard]] Problems unreadable(const Error& error);

/// Text to configuration: every option by its rule, then the judge for what options say together.
template <class T, class Judge>
Loaded<T> load_by_description(std::string_view text, const Judge& judge) {
    Problems problems;
    const auto root = parse_text(text, problems);
    if (!root) return problems;
    T config;
    const Report report(problems);
    Reader<T>(config, *root, &list_options<T>, report).run();
    if (root->as_object()) judge(*root, config, report);
    if (!problems.empty()) return problems;
    return config;
}

}  // namespace voip::config
