// Check-ups (特定健診, and the 広域連合's from 75 on) of the demo country: what was measured, and
// what the insurers make of it. The items, with the ranges that the insurers state, are data
// (checkups.json); who went when, and what was found, is drawn.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

class Checkups {
  public:
    explicit Checkups(const std::string& country_folder);

    // Adds the person's check-ups to the coverage of the day of each. They depend on the
    // health-care number alone, and on what people.json says of a named person.
    void draw(Person& person) const;
    [[nodiscard]] const std::vector<CheckupItem>& items() const { return items_; }
    // The last month whose results have come in.
    [[nodiscard]] Date last_month() const { return last_month_; }

  private:
    static CheckupItem read_item(Members& outer, const json::value& value);
    [[nodiscard]] std::size_t item(std::string_view key) const;
    // What makes the person's values resemble each other from year to year.
    struct Body;
    [[nodiscard]] std::vector<CheckupValue> measure(Random& random, const Body& body,
                                                    bool with_waist) const;
    void draw_year(Random& random, Person& person, const Body& body, int year) const;
    void add_named(Person& person) const;
    void judge(const Person& person, Checkup& checkup) const;

    int first_year_ = 0;  // fiscal
    Date last_month_;
    std::string doctor_within_, doctor_outside_;
    std::vector<Institution> institutions_;
    std::vector<CheckupItem> items_;
};

// What both judgements look at; amounts as the items write them, without the point.
struct Risks {
    Sex sex = Sex::female;
    int age = 40;
    std::int64_t waist_mm = 0, bmi_tenths = 0;
    std::int64_t systolic = 0, diastolic = 0, triglyceride = 0, hdl = 0;
    std::int64_t glucose = 0, hba1c_tenths = 0;
};
// メタボリックシンドローム判定: 1 基準該当, 2 予備群該当, 3 非該当.
int metabolic_of(const Risks& risks);
// 保健指導レベル: 1 積極的支援, 2 動機付け支援, 3 なし; of somebody who neither smokes nor takes
// medicine for it.
int guidance_of(const Risks& risks);

// "62.3" of 623 with one place.
std::string decimal(std::int64_t value, int places);

}  // namespace mado::country
