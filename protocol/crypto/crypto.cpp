#include "protocol/crypto/crypto.hpp"
