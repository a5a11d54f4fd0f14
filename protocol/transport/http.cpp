#include "protocol/transport/http.hpp"
