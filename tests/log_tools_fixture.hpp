// What the tests of the log's tools share: a country whose log they read, and files to check.
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "country_fixture.hpp"

namespace mado::tests {

class LogToolsTest : public OneCountry {
  protected:
    static void SetUpTestSuite() {
        OneCountry::SetUpTestSuite();
        witnessed_.reset();
    }
    static bool has(const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    }
    static Finished log(std::vector<std::string> words) {
        words.insert(words.begin(), "log");
        return country().cli(std::move(words));
    }
    // One order of clinic-1 about Hanako; its receipt is the first Binary of the Bundle.
    static wire::Receipt receipt();
    // One of the country's first orders, once the witnesses have seen it: its files "bundle.json"
    // and "receipt.json", and "proof", which log prove made of it.
    static const wire::Receipt& witnessed_receipt() {
        if (witnessed_) return *witnessed_;
        auto out = receipt();
        write("receipt.json", wire::receipt_json(out));
        for (int i = 0; i < 100; ++i) {
            if (log({"prove", "--receipt", file("receipt.json"), "-o", file("proof")}).status ==
                0) {
                witnessed_ = std::move(out);
                return *witnessed_;
            }
            pause_ms(200);
        }
        throw Failure("the witnesses have not seen an entry for 20 s");
    }
    static std::string file(const std::string& name) { return country().path(name); }
    static std::string write(const std::string& name, std::string_view text) {
        replace_file(file(name), as_bytes(text));
        return file(name);
    }
    static std::string read(const std::string& name) { return read_file(file(name)).value(); }
    // What `log check` says about one file with this text.
    static Finished check(std::string_view text, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"check", write("checked", text)};
        words.insert(words.end(), more.begin(), more.end());
        return log(words);
    }
    static const wire::AccessLog& access_log() { return country().directory().logs.front(); }
    static crypto::PrivateKey log_key() {
        return crypto::PrivateKey::load(country().places().keys_of("relay") + "/log.key");
    }

  private:
    static inline std::optional<wire::Receipt> witnessed_;
};

}  // namespace mado::tests
