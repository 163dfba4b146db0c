#include "card_bench.hpp"

#include "../tests/card_stack.hpp"
#include "card/open.hpp"
#include "card/pcsc.hpp"
#include "chip/test_chip.hpp"
#include "client/client.hpp"
#include "wire/test_wire.hpp"

namespace mado::bench {
namespace {

double mandate_ms(const wire::Directory& directory, const client::MandateRequest& request) {
    const Secret pin(as_bytes("1234"));
    const Stopwatch watch;
    card::Pcsc readers;
    const auto found = readers.list();
    for (const auto& reader : found.value()) {
        if (!reader.has_card) continue;
        const auto card = readers.open(reader.name).value();
        const auto mandate = client::sign_mandate(*card, pin, request, directory,
                                                  wire::participant_id("clinic-1"), unix_now());
        if (!mandate) throw Failure("the card does not sign");
        return watch.ms();
    }
    throw Failure("there is no card in the reader");
}

}  // namespace

std::vector<Figure> measure_cards(const CardSettings& settings) {
    const auto directory = wire::TestCountry().directory();
    const client::MandateRequest request{.kind = wire::MandateKind::check,
                                         .scope = {wire::service_id("eligibility")},
                                         .nonce = base64url(crypto::random_hash())};
    CardStack stack;
    std::vector<Figure> figures;
    for (const auto kind : {chip::CardKind::jpki, chip::CardKind::piv}) {
        const chip::TestCard card({.kind = kind});
        stack.insert(card.path());
        Figure figure{.measure = kind == chip::CardKind::jpki
                                     ? "a mandate through PC/SC, today's card (RSA-2048)"
                                     : "a mandate through PC/SC, the next card (P-256)",
                      .unit = "ms",
                      .goal = Goal{.kind = Goal::Kind::at_most, .value = 100}};
        for (int i = 0; i < settings.samples; ++i)
            figure.samples.push_back(mandate_ms(directory, request));
        figures.push_back(std::move(figure));
        stack.remove();
    }
    return figures;
}

}  // namespace mado::bench
