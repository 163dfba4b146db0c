#include "site/askers.hpp"

#include "wire/subject.hpp"

namespace mado::site {
namespace {

constexpr std::size_t idle_max = 32;

}  // namespace

class Askers::Turn {
  public:
    Turn(std::shared_ptr<Asking> asking, std::string mandate)
        : asking_(std::move(asking)), mandate_(std::move(mandate)) {
        ++asking_->all;
        ++asking_->by_mandate[mandate_];
    }
    ~Turn() {
        --asking_->all;
        const auto own = asking_->by_mandate.find(mandate_);
        if (--own->second == 0) asking_->by_mandate.erase(own);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    std::shared_ptr<Asking> asking_;
    std::string mandate_;
};

client::Task<client::Result<client::Passed>> Askers::pass(Question question, std::string mandate) {
    const auto own = asking_->by_mandate.find(mandate);
    const auto own_asking = own == asking_->by_mandate.end() ? 0 : own->second;
    if (asking_->all >= asking_max || own_asking >= asking_of_mandate_max) {
        co_return std::unexpected(client::Problem{wire::Code::overloaded, {}, {}, {}});
    }
    const Turn turn(asking_, mandate);
    std::unique_ptr<client::Asker> asker;
    if (idle_.empty()) {
        asker = std::make_unique<client::Asker>(directory_, identity_);
    } else {
        asker = std::move(idle_.back());
        idle_.pop_back();
    }
    client::Ask ask{.to = std::move(question.to),
                    .service = std::move(question.service),
                    .purpose = purpose_,
                    .parameters = std::move(question.parameters),
                    .subject = to_bytes(wire::mandate_subject(mandate)),
                    .payload = std::move(question.payload)};
    auto passed = co_await asker->pass(std::move(ask), std::move(question.seal_to));
    if (idle_.size() < idle_max) idle_.push_back(std::move(asker));
    co_return passed;
}

}  // namespace mado::site
