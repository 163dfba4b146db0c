// mado-portal: My Page, run by the portal operator. `mado-portal serve CONFIG`.
#include "base/program.hpp"
#include "routes.hpp"
#include "site/program.hpp"

namespace mado::portal {
namespace {

int serve(const std::string& config_path) {
    const Log log("mado-portal");
    auto config = Config::load(config_path);
    const auto settings = site::read_settings(config);
    const auto country = config.text("country");
    const auto names = config.text("services");
    config.finish();
    const auto basis = site::load_basis(settings, own_view());
    const auto national = must(parse_national(site::text_of(country)), country);
    const auto services = page::load_service_names(names);

    http::asio::io_context io{1};
    // After the io_context: its askers have connections there.
    auto options = site_options(basis, services, log);
    options.redirect_uri = settings.redirect_uri;
    options.agent = settings.agent;
    site::Site site(std::move(options));
    const MyPage my{.site = site, .national = national, .services = services};
    site::serve(io, site, settings, routes(my));
    return 0;
}

}  // namespace
}  // namespace mado::portal

int main(int argc, char** argv) {
    return mado::run_program("mado-portal", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::portal::serve(words[1]);
        throw mado::OperatorError("usage: mado-portal serve CONFIG");
    });
}
