// The issuing centre's window, as a clerk's browser uses it: logged in with the clerk's card, which
// this computer holds (docs/protocols/issuer.md).
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <string_view>

#include "client/client.hpp"
#include "places.hpp"

namespace mado::cli {

struct ClerkCard {
    std::string card;  // by its name
    std::string pin;
};

// Somebody else's, at the window: with the PIN of its log-in key and the password of the other.
struct OwnCard {
    std::string card, pin, password;
};

// What the window refused: the one word, or the problem's code.
struct Refused : OperatorError {
    explicit Refused(std::string why);
    std::string code;
};

// Whose window it is; OperatorError when the directory lists none.
const wire::Participant& issuer_of(const wire::Directory& directory);

class Window {
  public:
    // Nobody is logged in.
    Window(const Places& places, const wire::Directory& directory);
    // Logs in. Throws OperatorError that says why not.
    Window(const Places& places, const wire::Directory& directory, const ClerkCard& clerk);
    // The JSON that it answers. Refused when it refuses.
    json::object ask(const std::string& path, const json::object& body);
    // A decision about a claim: signed by the same card, with the signing key's password ("": asked
    // for). What became of it, as the window says it.
    std::string decide(const json::object& question, const std::string& password);
    // An application by the card of whoever applies: for a newborn, of the parent whose turn it is;
    // to register the card itself, with its log-in key before.
    std::string sign(const std::string& number, const OwnCard& by);
    // What the window wants signed, by a card whose "PIN" is the signing key's password; what came
    // of it goes to `finish`.
    void sign(const json::object& fields, const ClerkCard& by, const std::string& finish);
    // What a page shows, as JSON; and what the window answers to a form, whatever it is.
    json::object show(const std::string& path);
    http::Response send_form(const std::string& path, const std::string& form);

  private:
    Window(const Places& places, const wire::Directory& directory, std::string card);
    http::Task<http::Response> exchange(std::string_view method, std::string path,
                                        std::string content_type, std::string body);
    http::Response post(const std::string& path, std::string_view content_type, std::string body);
    std::string sign_form(const json::object& to_sign, const std::string& card,
                          const std::string& password);
    std::string prove(const std::string& address, const OwnCard& by);
    std::string outcome();
    void keep_cookies(const http::Response& response);
    void log_in(const Places& places, const wire::Directory& directory, const ClerkCard& clerk);

    const Places& places_;
    const wire::Directory& directory_;
    const std::string card_;
    std::string origin_;
    http::Endpoint endpoint_;
    http::TlsContext tls_;
    std::map<std::string, std::string> cookies_;
};

}  // namespace mado::cli
