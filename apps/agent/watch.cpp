#include "watch.hpp"

#include <utility>

namespace mado::agent {
namespace {

using State = std::optional<std::vector<card::Reader>>;

constexpr std::chrono::milliseconds patience{500};  // how long the end of the program may take
constexpr std::chrono::milliseconds no_service{250};

void watch(const std::stop_token& end, card::Readers& readers,
           const std::function<void(State)>& changed) {
    State seen = readers.list();
    changed(seen);
    while (!end.stop_requested()) {
        if (!seen) std::this_thread::sleep_for(no_service);
        auto now = seen ? readers.wait(*seen, patience) : readers.list();
        if (now == seen) continue;
        seen = std::move(now);
        changed(seen);
    }
}

}  // namespace

Watch::Watch(std::unique_ptr<card::Readers> readers, std::function<void(State)> changed)
    : readers_(std::move(readers)),
      thread_([&own = *readers_, changed = std::move(changed)](const std::stop_token& end) {
          watch(end, own, changed);
      }) {}

}  // namespace mado::agent
