// Names that a country gives in its data files, in every language of the pages.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "page/page.hpp"

namespace mado::page {

struct Named {
    std::string ja, en, easy;
    // As long as this lives.
    [[nodiscard]] Words words() const { return {ja, en, easy}; }
};
// Members "ja", "en", "easy".
Named read_named(Members& in);

// What people call the services (country/<c>/services.json). The pages read the same file.
class ServiceNames {
  public:
    static Parsed<ServiceNames> parse(std::string_view text);

    // One without a name is called by its id. As long as this and `id` live.
    [[nodiscard]] Words name(std::string_view id) const;
    // Of the page that shows it, in menus; its name where the file has no other.
    [[nodiscard]] Words page_name(std::string_view id) const;
    [[nodiscard]] bool has(std::string_view id) const { return names_.contains(id); }

  private:
    struct Names {
        Named name;
        std::optional<Named> page;
    };
    std::map<std::string, Names, std::less<>> names_;
};

// OperatorError when there is no such file, or it has not its form.
ServiceNames load_service_names(const std::string& path);

}  // namespace mado::page
