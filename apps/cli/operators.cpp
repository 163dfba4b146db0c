#include "operators.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "wire/head.hpp"
#include "wire/to_relay.hpp"

namespace mado::cli {

namespace fs = std::filesystem;

void make_office_folder(const fs::path& file) {
    if (fs::exists(file)) return;
    const auto office = file.parent_path();
    fs::create_directories(office);
    flush_folder(office.parent_path());
    flush_folder(office.parent_path().parent_path());
}

Hash keep_operator(const Places& places, const std::string& organisation, const std::string& jti,
                   const std::string& name) {
    const auto salt = crypto::random_hash();
    const json::object row{{"jti", jti}, {"operator", name}, {"salt", base64url(salt)}};
    const auto path = places.operators_of(organisation);
    make_office_folder(path);
    append_line(path, json::serialize(row));
    return wire::commit_operator(salt, name);
}

std::optional<KeptOperator> find_operator(const Places& places, const std::string& organisation,
                                          const std::string& jti) {
    std::ifstream file(places.operators_of(organisation));
    std::string line;
    while (std::getline(file, line)) {
        const auto object = parse_json_object(line);
        if (!object) continue;  // cut short by a crash, before a request was sent
        Members in(*object);
        const bool wanted = in.text("jti", 64) == jti;
        KeptOperator out{.name = in.text("operator", wire::operator_name_bytes_max),
                         .salt = in.hash("salt")};
        if (wanted && in.finish()) return out;
    }
    return std::nullopt;
}

}  // namespace mado::cli
