#include "watch.hpp"

#include <exception>
#include <string_view>
#include <utility>

namespace mado::agent {
namespace {

using State = std::optional<std::vector<card::Reader>>;

constexpr std::chrono::milliseconds patience{500};  // how long the end of the program may take
constexpr std::chrono::milliseconds no_service{250};

void watch(const std::stop_token& end, card::Readers& readers, const Log& log,
           const std::function<void(State)>& changed) {
    const auto look = [&](const State& seen) -> State {
        try {
            return seen ? readers.wait(*seen, patience) : readers.list();
        } catch (const std::exception& error) {
            if (seen) log.warning("readers_fail", {{"why", std::string_view(error.what())}});
            return std::nullopt;
        }
    };
    State seen = look(std::nullopt);
    changed(seen);
    while (!end.stop_requested()) {
        if (!seen) std::this_thread::sleep_for(no_service);
        auto now = look(seen);
        if (now == seen) continue;
        seen = std::move(now);
        changed(seen);
    }
}

}  // namespace

Watch::Watch(std::shared_ptr<card::Readers> readers, const Log& log,
             std::function<void(State)> changed)
    : readers_(std::move(readers)),
      thread_([&own = *readers_, &log, changed = std::move(changed)](const std::stop_token& end) {
          watch(end, own, log, changed);
      }) {}

}  // namespace mado::agent
