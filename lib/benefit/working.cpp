#include "benefit/working.hpp"

#include <algorithm>

#include "benefit/tables.hpp"

namespace mado::benefit {

std::int64_t stopped_yen(std::int64_t pension_yen, std::int64_t pay_yen, std::int64_t limit_yen) {
    const auto above_yen = std::max<std::int64_t>(0, pension_yen + pay_yen - limit_yen);
    return std::min(pension_yen, above_yen / 2);
}

std::expected<std::optional<Working>, Unknown> working(std::int64_t pension_yearly_yen,
                                                       Date today) {
    const auto pension_yen = monthly_yen(pension_yearly_yen);
    if (pension_yen <= 0) return std::nullopt;
    const auto limit_yen = working_limit_yen(month_of(today));
    if (!limit_yen) return std::unexpected(Unknown::no_table);
    // All is stopped where half of (pension + pay − limit) is the pension.
    return Working{.pension_yen = pension_yen,
                   .limit_yen = *limit_yen,
                   .free_until_yen = std::max<std::int64_t>(0, *limit_yen - pension_yen),
                   .none_from_yen = *limit_yen + pension_yen,
                   .fiscal_year = fiscal_year(today)};
}

std::expected<std::int64_t, Unknown> stoppable_of_award(std::int64_t award_yen, int claimed_months,
                                                        Date birth,
                                                        std::span<const InsuredMonth> months,
                                                        Date today) {
    const auto transitional = transitional_yen(count(birth, months), birth, fiscal_year(today));
    if (!transitional) return std::unexpected(transitional.error());
    // An early claim lowers what law takes; a late one does not raise it.
    const int permille = claim_permille(birth, claimed_months).value_or(1000);
    const auto at_65_yen = permille > 1000 ? award_yen * 1000 / permille : award_yen;
    const auto left_out_yen = claimed_yen(*transitional, std::min(permille, 1000));
    return std::max<std::int64_t>(0, at_65_yen - left_out_yen);
}

}  // namespace mado::benefit
