// How registers write what they were told: each in its own characters and its own habits.
#pragma once

#include <string>
#include <string_view>

namespace mado::country {

// As a register of JIS X 0208 has it: without variation selectors, 髙 as 高, 草彅 as 草ナギ.
std::string in_jis(std::string_view name);
// ﾔﾏﾀﾞ ﾀﾛｳ, as old systems keep readings.
std::string half_width_kana(std::string_view kana);
// "A市上山1-2-3" as the resident registry writes it: A市上山一丁目2番3号; the rest of an address,
// as of "A市駅前9-3-302", is left as it is.
std::string registry_address(std::string_view address);

}  // namespace mado::country
