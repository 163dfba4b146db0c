#include "operators.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "wire/head.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

void append_durably(const std::string& path, const std::string& line) {
    fs::create_directories(fs::path(path).parent_path());
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw Failure("cannot open " + path);
    const auto written = ::write(file, line.data(), line.size());
    const bool whole = written == static_cast<ssize_t>(line.size()) && ::fdatasync(file) == 0;
    ::close(file);
    if (!whole) throw Failure("cannot write " + path);
}

}  // namespace

Hash keep_operator(const Places& places, const std::string& organisation, const std::string& jti,
                   const std::string& name) {
    const auto salt = crypto::random_hash();
    const json::object row{{"jti", jti}, {"operator", name}, {"salt", base64url(salt)}};
    append_durably(places.operators_of(organisation), json::serialize(row) + "\n");
    return wire::commit_operator(salt, name);
}

std::optional<KeptOperator> find_operator(const Places& places, const std::string& organisation,
                                          const std::string& jti) {
    std::ifstream file(places.operators_of(organisation));
    std::string line;
    while (std::getline(file, line)) {
        const auto object = parse_json_object(line);
        if (!object) continue;  // a line that was cut by a crash names no request that was sent
        Members in(*object);
        const bool wanted = in.text("jti", 64) == jti;
        KeptOperator out{.name = in.text("operator", 400), .salt = in.hash("salt")};
        if (wanted && in.finish()) return out;
    }
    return std::nullopt;
}

}  // namespace mado::cli
