// make_country FOLDER: the demo country that tests copy (country_fixture.hpp), made and not
// started.
#include <filesystem>

#include "base/program.hpp"
#include "cli/country.hpp"
#include "country_fixture.hpp"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
    return mado::run_program("make_country", argc, argv, [](const mado::Words& words) {
        if (words.size() != 1) throw mado::OperatorError("make_country FOLDER");
        mado::cli::Places places;
        places.root = words.front();
        places.programs = fs::read_symlink("/proc/self/exe").parent_path().string();
        fs::remove_all(places.root);
        mado::cli::make_country(places, {.people = mado::tests::people_of_a_country});
        fs::remove_all(places.run());
        return 0;
    });
}
