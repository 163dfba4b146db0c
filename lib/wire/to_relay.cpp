#include "wire/to_relay.hpp"

#include <algorithm>
#include <array>

namespace mado::wire {
namespace {

constexpr auto services = std::to_array<RelayService>({{"signature", Act::ask, true},
                                                       {"decision", Act::ask, true},
                                                       {"card-standing", Act::ask, true},
                                                       {"entries", Act::ask, false},
                                                       {"bells", Act::ask, false},
                                                       {"numbers", Act::ask, false},
                                                       {"cards", Act::ask, false},
                                                       {"questions", Act::ask, false},
                                                       {"question", Act::ask, true},
                                                       {"question-answer", Act::ask, true},
                                                       {"link", Act::tell, true},
                                                       {"card", Act::tell, true},
                                                       {"answer-changed", Act::tell, false}});

}  // namespace

const RelayService* find_relay_service(std::string_view name) {
    const auto* found = std::ranges::find(services, name, &RelayService::name);
    return found == services.end() ? nullptr : found;
}

}  // namespace mado::wire
