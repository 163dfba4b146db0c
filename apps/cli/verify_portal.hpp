// `verify portal`: what a site serves to browsers, compared with what the directory lists for it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "places.hpp"

namespace mado::cli {

struct VerifyPortalOptions {
    std::string address;  // "https://host:port/"; "": the directory's only portal
};
// 0 the same, 1 something else, 3 it could not be read.
int verify_portal(const Places& places, const VerifyPortalOptions& options);

// ---- its decisions, without a network ----

// "/assets/<hash>/" of a page; "" when it names none, or several.
std::string assets_of(std::string_view page);
// What is not as the directory lists it: names of files that the build's own list has otherwise;
// where all are as it says, and it is not the directory's, the list itself. Empty: the same.
// `unread`: files of the list that are not there because there was no answer.
std::vector<std::string> differing_files(const std::map<std::string, std::string>& files,
                                         const Hash& listed,
                                         const std::set<std::string>& unread = {});

}  // namespace mado::cli
