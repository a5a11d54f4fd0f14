#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace voip::service {

/// What a request must carry to reach its handler.
enum class BodyKind { none, json };

/// The closed table of what the service answers: method and exact path to a handler. Pure.
template <class Handler>
class Router {
 public:
    struct Route {
        std::string_view method;  ///< a literal
        std::string_view path;    ///< a literal
        BodyKind body = BodyKind::none;
        Handler handler;
    };
    /// Exactly one of: a route; an unknown path (both empty); a known path asked with another method
    /// (`allow`).
    struct Found {
        const Route* route = nullptr;
        std::string allow;  ///< the methods of the path, for the Allow header of a 405
    };

    explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

    /// HEAD is served by the route of GET. The path is without its query.
    [[nodiscard]] Found find(std::string_view method, std::string_view path) const {
        Found found;
        const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
        for (const Route& route : routes_) {
            if (route.path != path) continue;
            if (route.method == wanted) return Found{&route, {}};
            found.allow += (found.allow.empty() ? "" : ", ") + std::string(route.method);
            if (route.method == "GET") found.allow += ", HEAD";
        }
        return found;
    }

    [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
    std::vector<Route> routes_;
};

}  // namespace voip::service
