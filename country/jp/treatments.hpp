// Claims (レセプト) of the demo country: which treatments people had, what these cost in points,
// and what was paid at the counter. The kinds of treatment are data (treatments.json).
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

class Treatments {
  public:
    explicit Treatments(const std::string& country_folder);

    // Adds the person's claims to the coverage of the day of each treatment. They depend on the
    // health-care number alone, and on what people.json says of a named person.
    void draw(Person& person) const;
    // The last month whose claims have come in: of the months after it the tables for high costs
    // are not decreed yet (告示待ち).
    [[nodiscard]] Date last_month() const { return last_month_; }

  private:
    struct Template {
        std::vector<std::string> institutions;  // one of these, by id
        std::int64_t days = 1;
        std::vector<ClaimItem> items;
    };
    struct Treatment {
        std::string name;
        int weight = 1;
        int age_from = 0, age_to = 0;
        std::vector<std::int64_t> months;  // of the year; none: all
        bool withheld = false;
        std::vector<Template> claims;
    };
    static Treatment read(Members& outer, const json::value& value);
    static Template read_template(Members& outer, const json::value& value);
    [[nodiscard]] const Treatment* choose(Random& random, int age, Date month) const;
    void treat(Person& person, const Treatment& treatment, Date day, Random& random) const;

    Date first_month_, last_month_;
    std::vector<Institution> institutions_;
    std::vector<Treatment> treatments_;
};

// What is paid at the counter: points × 10 yen × share, to ten yen (健康保険法第75条).
std::int64_t paid_yen(std::int64_t points, int share_percent);

}  // namespace mado::country
