// What a card answers, each answer behind its length in two bytes: a card that lies is met by
// whoever puts it into a reader. It is opened and asked everything; whatever comes is taken or is
// one of the problems that a card can have.
#include <algorithm>

#include "card/open.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// The next answer to whatever is asked; then the card is gone.
class Lying final : public card::Channel {
  public:
    explicit Lying(ByteView answers) : rest_(answers) {}
    std::expected<card::Response, card::ChannelError> transmit(const card::Command&) override {
        if (rest_.size() < 2) return std::unexpected(card::ChannelError::removed);
        const auto size = static_cast<std::size_t>(rest_[0] << 8 | rest_[1]);
        const auto bytes = rest_.subspan(2, std::min(size, rest_.size() - 2));
        rest_ = rest_.subspan(2 + bytes.size());
        auto response = card::parse_response(bytes);
        if (!response) return std::unexpected(card::ChannelError::garbled);
        return std::move(*response);
    }

  private:
    ByteView rest_;
};

Secret secret(std::string_view text) {
    return Secret(as_bytes(text));
}

}  // namespace

bool card_answers(ByteView in) {
    const auto card = card::open_card(std::make_unique<Lying>(in));
    if (!card) return false;
    bool accepted = false;
    constexpr auto use = card::KeyUse::authentication;
    const auto certificate = (*card)->authentication_certificate();
    accepted = certificate.has_value();
    const auto tries = (*card)->tries_left(use);
    require(!tries || (*tries >= 0 && *tries < 16), "a card says 0 to 15 tries");
    const auto signature = (*card)->sign(use, secret("1234"), as_bytes("message"));
    if (signature) {
        const auto size = signature->size();
        require(size == 64 || size == 96 || size == 256, "a signature has its form");
        if (certificate) {
            static_cast<void>(certificate->public_key().verify(as_bytes("message"), *signature));
        }
    }
    const auto password = secret("ABC123");
    static_cast<void>((*card)->signing_certificate(password));
    static_cast<void>((*card)->sign(card::KeyUse::signing, password, {}));
    static_cast<void>((*card)->change_pin(use, secret("1234"), secret("5678")));
    return accepted;
}

}  // namespace mado::fuzz
