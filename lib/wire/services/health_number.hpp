// The tell `health-care-number` (保健医療番号のお知らせ): the issuer tells a medical insurer which
// health-care number one of its insured persons now has (the report's step ⑪). Payload:
//   { "health_care_number": text, "valid_from": date }
// Data of the acceptance: { }
// The tell `card-delivered` (カード交付済のお知らせ): the same step, to the other insurers. They
// hear that the person has a card, and not the number. Payload:
//   { "delivered_on": date }
// Data of the acceptance: { }
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& health_number_contract();
const Contract& card_delivered_contract();

}  // namespace mado::wire
