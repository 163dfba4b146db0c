// What the holders of the demo country have written to people (お知らせ). The forms are data
// (notices.json); who got which, and when, is drawn.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "pension_notices.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

class Notices {
  public:
    // Nothing is sent on `on` or later, nor kept for more than five years.
    Notices(const std::string& country_folder, Date on);

    // Adds to each coverage of the person, to the care insurance and to the pension what their
    // holders have written in their time: at most six of each, oldest first. It depends on the
    // health-care number alone, and on what people.json says of a named person.
    void draw(Person& person) const;
    [[nodiscard]] const std::vector<NoticeForm>& forms() const { return forms_; }

  private:
    // What a notice follows; none: a day of the year, for everybody insured on it.
    enum class Event {
        none,
        joined,
        left_work,
        certification_ends,
        // Of pension holders only:
        birth_month,
        awarded,
        invited,
    };
    struct Rule {
        std::vector<Date> on;  // of Event::none
        Event event = Event::none;
        std::int64_t days = 0;  // from the event to the notice
        std::optional<std::int64_t> deadline_days;
        std::optional<std::pair<std::int64_t, std::int64_t>> amount_yen;
        std::optional<PensionSum> sum;  // instead; whom it is 0 for gets no letter
        int percent = 0;                // 0: only named people have it
        int age_from = 0, age_to = 150;
        bool to_head = false;    // of the household
        bool certified = false;  // only who has a certification of care
    };
    static Event event_of(Members& in, std::string_view text, Holder holder);
    static PensionSum sum_named(Members& in, std::string_view text, Holder holder);
    static Rule read_rule(Members& in, Holder holder);
    void read(Members& outer, const json::value& value);
    void add_named(Person& person) const;
    void draw_for(Random& random, const Person& person, const Coverage& coverage,
                  std::vector<Notice>& out) const;
    void draw_for(Random& random, const Person& person, const Care& care,
                  std::vector<Notice>& out) const;
    void draw_for(Random& random, const Person& person, Holder holder,
                  std::vector<Notice>& out) const;
    [[nodiscard]] std::vector<Date> events_of(const Rule& rule, Holder holder,
                                              const Person& person) const;
    [[nodiscard]] std::optional<std::int64_t> named_amount(std::size_t form, const Person& person,
                                                           const NamedNotice& named) const;
    void send(Random& random, const Person& person, std::size_t form, Date event,
              std::vector<Notice>& out, std::optional<std::int64_t> amount_yen = {}) const;
    [[nodiscard]] bool is_kept(Date sent) const;

    Date on_;
    std::vector<NoticeForm> forms_;
    std::vector<Rule> rules_;  // of each form
};

// The form's text with the notice's own amount and day: "18,400", "2026年11月30日".
std::string filled_in(const std::string& text, const Notice& notice);

}  // namespace mado::country
