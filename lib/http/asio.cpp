// The bodies of Asio and Beast, compiled once (BOOST_ASIO_SEPARATE_COMPILATION and
// BOOST_BEAST_SEPARATE_COMPILATION in CMakeLists.txt). Asio's TLS stream is not among them: see
// tls.hpp.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
