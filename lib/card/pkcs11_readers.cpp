#include "card/pkcs11_readers.hpp"

#include <algorithm>
#include <thread>

#include "card/cryptoki.hpp"
#include "card/pkcs11.hpp"

namespace mado::card {
namespace {

// The turn ends after the module.
struct Turn {
    Turn(std::mutex& mutex, const std::string& path) : lock(mutex), module(path) {}
    std::unique_lock<std::mutex> lock;
    Cryptoki module;
};

}  // namespace

Pkcs11Readers::Pkcs11Readers(std::string module_path) : module_path_(std::move(module_path)) {
    take_turn();
}

std::shared_ptr<const Cryptoki> Pkcs11Readers::take_turn() {
    auto turn = std::make_shared<Turn>(turn_, module_path_);
    return {turn, &turn->module};
}

// None: it started when this program did, and does not now.
std::shared_ptr<const Cryptoki> Pkcs11Readers::try_turn() {
    try {
        return take_turn();
    } catch (const OperatorError&) {
        return nullptr;
    }
}

std::optional<std::vector<Reader>> Pkcs11Readers::list() {
    const auto module = try_turn();
    if (!module) return std::nullopt;
    const auto names = slot_readers(*module);
    const auto tokens = Pkcs11(module).tokens();
    if (!names || !tokens) return std::nullopt;
    std::vector<Reader> out;
    for (const auto& name : *names) {
        const auto token = std::ranges::find(*tokens, name, &Token::reader);
        std::optional<Identity> card;
        if (token != tokens->end()) card.emplace(token->serial, token->certificate);
        auto& slot = slots_[name];
        if (slot.card != card) slot = {.card = card, .changes = slot.changes + 1};
        out.push_back({.name = name, .has_card = card.has_value(), .changes = slot.changes});
    }
    return out;
}

std::optional<std::vector<Reader>> Pkcs11Readers::wait(const std::vector<Reader>& /*seen*/,
                                                       std::chrono::milliseconds patience) {
    std::this_thread::sleep_for(patience);
    return list();
}

CardResult<std::unique_ptr<Card>> Pkcs11Readers::open(const std::string& reader) {
    const auto turn = try_turn();
    if (!turn) return std::unexpected(CardProblem{.error = CardError::gone});
    const Pkcs11 module(turn);
    const auto tokens = module.tokens();
    if (!tokens) return std::unexpected(tokens.error());
    const auto token = std::ranges::find(*tokens, reader, &Token::reader);
    if (token == tokens->end()) return std::unexpected(CardProblem{.error = CardError::gone});
    return module.open(token->slot);
}

}  // namespace mado::card
