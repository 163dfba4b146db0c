// Watches the readers on a thread of its own, so that a card that is pulled is noticed at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "card/readers.hpp"

namespace mado::agent {

class Watch {
  public:
    // `changed` is called by that thread, first with what there is. Readers that cannot be looked
    // at are as if nobody served them: `log` says why.
    Watch(std::shared_ptr<card::Readers> readers, const Log& log,
          std::function<void(std::optional<std::vector<card::Reader>>)> changed);

  private:
    std::shared_ptr<card::Readers> readers_;
    std::jthread thread_;  // ended and joined first
};

}  // namespace mado::agent
