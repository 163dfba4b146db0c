// What the insurers of the demo country have written to people (お知らせ). The forms are data
// (notices.json); who got which, and when, is drawn.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

class Notices {
  public:
    // Nothing is sent on `on` or later, nor kept for more than five years.
    Notices(const std::string& country_folder, Date on);

    // Adds to each coverage of the person, and to the care insurance, what its holder has written
    // in its time: at most six, oldest first. It depends on the health-care number alone, and on
    // what people.json says of a named person.
    void draw(Person& person) const;
    [[nodiscard]] const std::vector<NoticeForm>& forms() const { return forms_; }

  private:
    // What a notice follows; none: a day of the year, for everybody insured on it.
    enum class Event { none, joined, left_work, certification_ends };
    struct Rule {
        std::vector<Date> on;  // of Event::none
        Event event = Event::none;
        std::int64_t days = 0;  // from the event to the notice
        std::optional<std::int64_t> deadline_days;
        std::optional<std::pair<std::int64_t, std::int64_t>> amount_yen;
        int percent = 0;  // 0: only named people have it
        int age_from = 0, age_to = 150;
        bool to_head = false;    // of the household
        bool certified = false;  // only who has a certification of care
    };
    static Event event_of(Members& in, std::string_view text);
    static Rule read_rule(Members& in);
    void read(Members& outer, const json::value& value);
    void add_named(Person& person) const;
    void draw_for(Random& random, const Person& person, const Coverage& coverage,
                  std::vector<Notice>& out) const;
    void draw_for(Random& random, const Person& person, const Care& care,
                  std::vector<Notice>& out) const;
    void send(Random& random, const Person& person, std::size_t form, Date event,
              std::vector<Notice>& out) const;
    [[nodiscard]] bool is_kept(Date sent) const;

    Date on_;
    std::vector<NoticeForm> forms_;
    std::vector<Rule> rules_;  // of each form
};

// The form's text with the notice's own amount and day: "18,400", "2026年11月30日".
std::string filled_in(const std::string& text, const Notice& notice);

}  // namespace mado::country
