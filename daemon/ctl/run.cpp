#include "daemon/ctl/run.hpp"

#include <ctime>

#include "core/file.hpp"
#include "daemon/ctl/bundle.hpp"

#include "daemon/ctl/connection.hpp"
#include "daemon/ctl/found.hpp"
#include "daemon/ctl/pairing.hpp"
#include "daemon/ctl/values.hpp"

namespace voip::ctl {
namespace {

constexpr Duration hunt_pause = 1s;  // after an end: a hunt dials the next person within that

/// One run of a plan over a connection.
class Session {
 public:
    Session(const Plan& plan, const Surroundings& surroundings, Connection& connection,
            const Deadline& deadline)
        : plan_(plan),
          out_(surroundings.out),
          err_(surroundings.err),
          look_{plan.json, surroundings.colour && !plan.json},
          connection_(connection),
          deadline_(deadline) {}

    ExitCode run() {
        switch (plan_.kind) {
            case Plan::Kind::watch: return watch();
            case Plan::Kind::pair: return pair();
            case Plan::Kind::textfile: return textfile();
            case Plan::Kind::board:
            case Plan::Kind::bundle:
            case Plan::Kind::selftest:
            case Plan::Kind::print: return done;
            case Plan::Kind::ask: break;
        }
        if (!plan_.target.empty() || plan_.wait) return call();
        return plan_.requests.size() == 1 ? ask_one() : ask_all();
    }

 private:
    ExitCode complain(const Error& error) {
        err_("wmpf-voipctl: " + (error.context.empty() ? error.text() : error.context) + "\n");
        return exit_code(error);
    }
    ExitCode complain(const Fault& fault) {
        err_(show_fault(fault));
        return exit_code(fault);
    }

    /// True when there is a result; else the complaint is made and `code` says how to end.
    bool ask(const Request& request, json::Value& result, ExitCode& code) {
        Reply reply = connection_.call(request.method, request.params, deadline_);
        if (const Error* error = reply.error()) code = complain(*error);
        if (const Fault* fault = reply.fault()) code = complain(*fault);
        if (reply.result() == nullptr) return false;
        result = std::move(std::get<json::Value>(reply.what));
        return true;
    }

    ExitCode show(const json::Value& result) {
        if (const ExitCode code = exit_code(result); code != done) {
            if (look_.json) out_(json::write(result) + "\n");
            err_(show_refusal(result));
            return code;
        }
        out_(look_.json ? json::write(result) + "\n" : plan_.show(result, look_));
        return done;
    }

    ExitCode ask_one() {
        json::Value result;
        ExitCode code = done;
        return ask(plan_.requests[0], result, code) ? show(result) : code;
    }

    ExitCode ask_all() {
        json::Value all;
        for (const Request& request : plan_.requests) {
            json::Value result;
            ExitCode code = done;
            if (!ask(request, result, code)) return code;
            all.set(request.key, std::move(result));
        }
        return show(all);
    }

    ExitCode pair() {
        json::Value device;
        ExitCode code = done;
        if (!ask(plan_.requests[0], device, code)) return code;
        out_(show_pairing(device, plan_.ticket, plan_.link, look_));
        return done;
    }

    ExitCode textfile() {
        json::Value metrics;
        ExitCode code = done;
        if (!ask(plan_.requests[0], metrics, code)) return code;
        const auto written = write_file(plan_.target, prometheus_text(text_of(metrics, "text")), 0644);
        return written ? done : complain(written.error());
    }

    ExitCode watch() {
        json::Value snapshot;
        ExitCode code = done;
        if (!ask(plan_.requests[0], snapshot, code)) return code;
        out_(show_notification({"room.changed", std::move(snapshot)}, look_));
        for (;;) {
            auto heard = connection_.next();
            if (!heard) return complain(heard.error());
            out_(show_notification(*heard, look_));
        }
    }

    ExitCode call() {
        Request request = plan_.requests[0];
        json::Value result;
        ExitCode code = done;
        if (!plan_.target.empty()) {
            if (!ask({"contact.list", json::Value(json::Object{})}, result, code)) return code;
            const json::Value target = resolve_target(plan_.target, result);
            for (const json::Member& member : *target.as_object())
                request.params.set(member.name, member.value);
        }
        if (plan_.wait && !ask({"room.subscribe", json::Value(json::Object{})}, result, code)) return code;
        if (!ask(request, result, code)) return code;
        code = show(result);
        return code == done && plan_.wait ? follow() : code;
    }

    /// Shows what happens to the call just made until it talks or, with nobody else dialled after it, is
    /// over.
    ExitCode follow() {
        bool ended = false;
        for (;;) {
            auto pause = Deadline::in(hunt_pause);
            if (!pause) return complain(pause.error());
            auto heard = connection_.next(ended ? &*pause : &deadline_);
            if (!heard && ended && heard.error().is(Errc::timeout)) return refused;
            if (!heard) return complain(heard.error());
            out_(show_notification(*heard, look_));
            if (heard->method != "room.changed") continue;
            const std::string phase = text_of(heard->params, "phase");
            if (phase == "talking") return done;
            ended = phase == "ended" || phase == "idle";
        }
    }

    const Plan& plan_;
    const std::function<void(std::string_view)>& out_;
    const std::function<void(std::string_view)>& err_;
    Look look_;
    Connection& connection_;
    const Deadline& deadline_;
};

/// A daemon that cannot be reached is what the archive is for: its API's answers then say so.
ExitCode bundle(const Plan& plan, const Surroundings& surroundings, const Deadline& deadline) {
    auto connection = Connection::open(surroundings.places(plan.socket), deadline);
    BundleSources sources;
    sources.ask = [&](const std::string& method) {
        if (!connection) return Reply{connection.error()};
        return connection->call(method, json::Value(json::Object{}), deadline);
    };
    sources.read = surroundings.read_file;
    sources.run = &run_command;
    const auto archive = tar_archive(collect_bundle(sources, plan.config), std::time(nullptr));
    const auto written = archive ? write_file(plan.target, *archive, 0600) : Result<void>(archive.error());
    if (!written) {
        surroundings.err("wmpf-voipctl: " + written.error().text() + "\n");
        return refused;
    }
    surroundings.out(plan.target + "\n");
    return done;
}

/// Boards are brought up before there is a daemon: without one the hardware alone is shown.
ExitCode board(const Plan& plan, const Surroundings& surroundings, const Deadline& deadline) {
    auto connection = Connection::open(surroundings.places(plan.socket), deadline);
    const Look look{plan.json, surroundings.colour && !plan.json};
    json::Value all{json::Object{}};
    std::string text = "no daemon: " + (connection ? std::string() : connection.error().context) + "\n";
    if (connection) {
        Reply reply = connection->call("board.get", json::Value(json::Object{}), deadline);
        if (const Fault* fault = reply.fault())
            return surroundings.err(show_fault(*fault)), exit_code(*fault);
        if (const Error* error = reply.error())
            return surroundings.err("wmpf-voipctl: " + error->text() + "\n"), exit_code(*error);
        all = *reply.result();
        text = show_board(all, look);
    }
    const json::Value found = surroundings.found();
    all.set("found", found);
    surroundings.out(look.json ? json::write(all) + "\n" : text + "\n" + show_found(found, look));
    return done;
}

/// One method of the daemon, with a time of its own: the whole test takes longer than one answer may.
Reply ask_daemon(Connection& connection, const Plan& plan, const std::string& method) {
    const auto deadline = Deadline::in(plan.timeout);
    if (!deadline) return Reply{deadline.error()};
    return connection.call(method, json::Value(json::Object{}), *deadline);
}

ExitCode show_findings(const json::Value& findings, const Plan& plan, const Surroundings& surroundings) {
    const Look look{plan.json, surroundings.colour && !plan.json};
    surroundings.out(look.json ? json::write(findings) + "\n" : show_selftest(findings, look));
    return all_good(findings) ? done : refused;
}

ExitCode try_all(const Plan& plan, const Surroundings& surroundings, const Deadline& deadline) {
    const auto text = surroundings.read_file(plan.config);
    if (!text) {
        surroundings.err("wmpf-voipctl: configuration: " + text.error().text() +
                         " (--config names another)\n");
        return usage_wrong;
    }
    const auto loaded = config::load(*text);
    if (const auto* problems = std::get_if<config::Problems>(&loaded))
        return show_findings(findings_of(*problems), plan, surroundings);
    const auto& config = std::get<config::Config>(loaded);
    auto connection = Connection::open(surroundings.places(plan.socket), deadline);
    SelftestSources sources;
    if (connection)
        sources.ask = [&](const std::string& method) { return ask_daemon(*connection, plan, method); };
    const auto refusal = refuse_selftest(sources);
    if (refusal) return surroundings.err("wmpf-voipctl: " + *refusal + "\n"), refused;
    sources.try_media = [&](const std::string& input) {
        return surroundings.try_media(config.media, input, [&] { return !refuse_selftest(sources); });
    };
    sources.level = surroundings.read_level;
    return show_findings(selftest(config, sources), plan, surroundings);
}

}  // namespace

ExitCode run(std::span<const char* const> arguments, const Surroundings& surroundings) {
    const auto plan = make_plan(arguments, surroundings.read_file);
    if (!plan) {
        surroundings.err("wmpf-voipctl: " + plan.error().context + "\n");
        return usage_wrong;
    }
    if (plan->kind == Plan::Kind::print) {
        surroundings.out(plan->text);
        return done;
    }
    const auto deadline = Deadline::in(plan->timeout);
    if (plan->kind == Plan::Kind::bundle && deadline) return bundle(*plan, surroundings, *deadline);
    if (plan->kind == Plan::Kind::board && deadline) return board(*plan, surroundings, *deadline);
    if (plan->kind == Plan::Kind::selftest && deadline) return try_all(*plan, surroundings, *deadline);
    auto connection = deadline ? Connection::open(surroundings.places(plan->socket), *deadline)
                               : Result<Connection>(deadline.error());
    if (!connection) {
        surroundings.err("wmpf-voipctl: no daemon: " + connection.error().context +
                         "\nDoes it run? systemctl status wmpf-voipd. Another socket: --socket\n");
        return exit_code(connection.error());
    }
    return Session(*plan, surroundings, *connection, *deadline).run();
}

}  // namespace voip::ctl
