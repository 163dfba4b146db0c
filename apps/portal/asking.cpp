#include "asking.hpp"

#include <boost/json.hpp>

#include "wire/subject.hpp"

namespace mado::portal {
namespace {

constexpr std::size_t idle_max = 32;

}  // namespace

Parsed<PageQuestion> read_page_question(std::string_view body) {
    auto object = parse_json_object(body, {.text_bytes_max = question_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto mandate = in.hash("mandate");
    auto to = wire::read_target(in.object("to"));
    auto service = wire::ServiceId::parse(in.text("service", 64));
    auto parameters = wire::read_parameters(in.object("parameters"));
    auto seal_to = crypto::PublicKey::from_jwk(in.object("seal_to"));
    auto payload = in.optional_text("payload", question_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!to) return std::unexpected(to.error());
    if (!service) return std::unexpected(service.error());
    if (!parameters) return std::unexpected(parameters.error());
    if (!seal_to) return std::unexpected(seal_to.error());
    if (seal_to->type() != crypto::KeyType::p256) return bad("seal_to is not a P-256 key");
    return PageQuestion{.mandate = mandate,
                        .to = std::move(*to),
                        .service = std::move(*service),
                        .parameters = std::move(*parameters),
                        .seal_to = std::move(*seal_to),
                        .payload = std::move(payload).value_or("")};
}

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

client::Task<client::Result<client::Passed>> Askers::pass(PageQuestion question,
                                                          std::string mandate) {
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
                    .purpose = must(wire::CodeId::parse("own-view"), "own-view"),
                    .parameters = std::move(question.parameters),
                    .subject = to_bytes(wire::mandate_subject(mandate)),
                    .payload = std::move(question.payload)};
    auto passed = co_await asker->pass(std::move(ask), std::move(question.seal_to));
    if (idle_.size() < idle_max) idle_.push_back(std::move(asker));
    co_return passed;
}

}  // namespace mado::portal
