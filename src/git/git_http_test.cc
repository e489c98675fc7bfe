// The real git client against the real server: http::Server, GitHandler and the verifier, with an
// index that is filled by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "catalogue/loader.h"
#include "credential/credential.h"
#include "crypto/base64.h"
#include "git/git_handler.h"
#include "git/pkt_line.h"
#include "http/server.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/raw_client.h"
#include "testing/run_program.h"
#include "testing/scripted_random.h"

namespace latchkey::git {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What the composition root does: takes a path apart and hands it on.
class Routes final : public http::Handler {
 public:
  explicit Routes(GitHandler& git) : git_(git) {}
  http::Awaitable<void> Handle(http::Exchange& exchange) override {
    const std::vector<std::string>& segments = exchange.head().target.segments;
    std::string rest;
    for (std::size_t i = 2; i < segments.size(); ++i) rest += (i > 2 ? "/" : "") + segments[i];
    std::string workspace = segments.front();
    std::string repository = segments.size() > 1 ? segments[1] : "";
    co_await git_.Handle(exchange, std::move(workspace), std::move(repository), std::move(rest));
  }

 private:
  GitHandler& git_;
};

class GitHttpTest : public testing::Test {
 protected:
  GitHttpTest() {
    std::string name = (fs::temp_directory_path() / "latchkey-git-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    FillDirectory();
    StartServer();
  }
  ~GitHttpTest() override {
    StopServer();
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  void FillDirectory() {
    catalogues_ = std::make_unique<Catalogues>(*LoadBuiltInCatalogues());
    bitbucket_ = catalogues_->Find(kBitbucketApp);
    Account ana;
    ana.id = "1";
    ana.email = "ana@example.com";
    ana.username = "ana";
    directory_.Put(ana);
    for (const char* workspace : {"acme", "other"}) {
      directory_.Put(Workspace{.slug = workspace, .created_at = {}});
      directory_.Put(Repository{.workspace = workspace, .slug = "app", .created_at = {}});
    }
    directory_.Put(Membership{.workspace = "acme", .account = "1", .role = Role::kWrite});
    store_ = std::make_unique<RepositoryStore>(
        *RepositoryStore::Open((root_ / "repositories").string(), GitProgram{}));
    EXPECT_THAT(store_->Create("acme", "app"), IsOk());
    EXPECT_THAT(store_->Create("other", "app"), IsOk());
    read_ = Issue(CredentialKind::kApiToken, {"read:repository:bitbucket"});
    write_ = Issue(CredentialKind::kApiToken,
                   {"read:repository:bitbucket", "write:repository:bitbucket"});
  }

  void StartServer() {
    GitSettings settings;
    settings.public_url = "https://git.example.com";
    settings.commands.count_max = 100;
    settings.upload_request_size_max = 1'000'000;
    handler_ =
        std::make_unique<GitHandler>(verifier_, directory_, *GitRequirements::Build(*bitbucket_),
                                     *store_, usage_, clock_, settings);
    routes_ = std::make_unique<Routes>(*handler_);
    http::ServerSettings server;
    server.listen_port = 0;
    server.threads = 2;
    server.limits.keep_alive_timeout = std::chrono::seconds{2};
    server.grace = std::chrono::seconds{0};
    server_ = std::move(*http::Server::Create(server, *routes_, [this](const auto& record) {
      const std::scoped_lock lock{log_mutex_};
      for (const auto& [key, value] : record.annotations) log_ += key + "=" + value + " ";
      log_ += std::to_string(record.status) + "\n";
    }));
    thread_ = std::thread{[this] { server_->Run(); }};
  }

  /// After it, the log is complete.
  void StopServer() {
    server_->Stop();
    if (thread_.joinable()) thread_.join();
  }

  /// A credential of ana's.
  std::string Issue(CredentialKind kind, const std::vector<std::string>& names) {
    Credential credential = *Credential::Mint(kind, CredentialPrefix{}, random_);
    index_.Put({.id = credential.id(),
                .digest = credential.ComputeDigest(),
                .kind = kind,
                .account = "1",
                .catalogue = {std::shared_ptr<const void>{}, bitbucket_},
                .grants = names,
                .expires_at = clock_.Now() + std::chrono::hours{1},
                .revoked_at = std::nullopt});
    return std::string{std::move(credential).Reveal().Expose()};
  }

  void Revoke(const std::string& secret) {
    IndexEntry entry = *index_.Find(Credential::Parse(secret)->id());
    entry.revoked_at = clock_.Now();
    index_.Put(entry);
  }

  [[nodiscard]] std::string Url(const std::string& user,
                                const std::string& path = "acme/app.git") const {
    return "http://" + user + (user.empty() ? "" : "@") +
           "127.0.0.1:" + std::to_string(server_->port()) + "/" + path;
  }

  static std::string Basic(const std::string& user_and_secret) {
    return "Authorization: Basic " + std::string{EncodeBase64(user_and_secret).Expose()} + "\r\n";
  }

  /// The whole answer to one request.
  std::string Ask(const std::string& request_line, const std::string& fields,
                  const std::string& body = "") const {
    const RawClient client{server_->port()};
    client.Send(request_line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields +
                (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                "\r\n" + body);
    return client.Receive();
  }

  /// A work tree with one commit of a file of `size` random bytes.
  [[nodiscard]] std::string MakeTree(const std::string& name, std::size_t size = 10) const {
    const std::string tree = (root_ / name).string();
    EXPECT_EQ(RunProgram({"git", "init", "-q", "-b", "main", tree}).status, 0);
    std::ifstream random{"/dev/urandom", std::ios::binary};
    std::string bytes(size, '\0');
    random.read(bytes.data(), static_cast<std::streamsize>(size));
    std::ofstream{tree + "/file", std::ios::binary} << bytes;
    EXPECT_EQ(RunProgram({"git", "-C", tree, "add", "."}).status, 0);
    EXPECT_EQ(RunProgram({"git", "-C", tree, "commit", "-qm", "one"}).status, 0);
    return tree;
  }

  Output Push(const std::string& tree, const std::string& user,
              const std::string& refspec = "main") const {
    return RunProgram({"git", "-C", tree, "push", Url(user), refspec});
  }

  /// What `git ls-remote` shows of the repository on disk.
  [[nodiscard]] std::string Refs() const {
    return RunProgram({"git", "-C", Bare(), "for-each-ref", "--format=%(refname)"}).text;
  }
  [[nodiscard]] std::string Bare() const { return (root_ / "repositories/acme/app.git").string(); }
  [[nodiscard]] std::string Log() {
    const std::scoped_lock lock{log_mutex_};
    return log_;
  }

  fs::path root_;
  ManualClock clock_;
  ScriptedRandom random_;
  UsageRecorder usage_;
  std::unique_ptr<Catalogues> catalogues_;
  const Catalogue* bitbucket_ = nullptr;
  Directory directory_;
  Index index_{directory_};
  Verifier verifier_{index_, directory_, ThrottleSettings{}};
  std::unique_ptr<RepositoryStore> store_;
  std::unique_ptr<GitHandler> handler_;
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::mutex log_mutex_;
  std::string log_;
  std::string read_;
  std::string write_;
};

TEST_F(GitHttpTest, ClonesAndPushesWithProtocolZeroAndTwo) {
  const Output pushed = Push(MakeTree("tree"), "x-token-auth:" + write_);
  ASSERT_EQ(pushed.status, 0) << pushed.text << Log();
  for (const std::string version : {"0", "1", "2"}) {
    const std::string clone = (root_ / ("clone" + version)).string();
    const Output cloned = RunProgram({"git", "-c", "protocol.version=" + version, "clone", "-q",
                                      Url("ana:" + read_, "acme/app"), clone});
    EXPECT_EQ(cloned.status, 0) << cloned.text << Log();
    EXPECT_TRUE(fs::exists(clone + "/file"));
  }
}

TEST_F(GitHttpTest, FetchesWhatIsNewAndAShallowPart) {
  const std::string tree = MakeTree("tree");
  const std::string user = "x-token-auth:" + write_;
  ASSERT_EQ(Push(tree, user).status, 0);
  const std::string clone = (root_ / "clone").string();
  ASSERT_EQ(RunProgram({"git", "clone", "-q", Url(user), clone}).status, 0);
  ASSERT_EQ(RunProgram({"git", "-C", tree, "commit", "--allow-empty", "-qm", "two"}).status, 0);
  ASSERT_EQ(Push(tree, user).status, 0);
  for (const std::string version : {"0", "2"}) {
    const Output fetched =
        RunProgram({"git", "-C", clone, "-c", "protocol.version=" + version, "pull"});
    EXPECT_EQ(fetched.status, 0) << fetched.text;
    const Output shallow =
        RunProgram({"git", "-c", "protocol.version=" + version, "clone", "-q", "--depth=1",
                    Url(user), (root_ / ("shallow" + version)).string()});
    EXPECT_EQ(shallow.status, 0) << shallow.text << Log();
  }
  const Output partial = RunProgram(
      {"git", "clone", "-q", "--filter=blob:none", Url(user), (root_ / "partial").string()});
  EXPECT_EQ(partial.status, 0) << partial.text << Log();
}

TEST_F(GitHttpTest, WithProtocolZeroOnlyWhatARefLeadsToIsServed) {
  const std::string user = "x-token-auth:" + write_;
  const std::string tree = MakeTree("tree");
  ASSERT_EQ(Push(tree, user).status, 0);
  const std::string lost = RunProgram({"git", "-C", tree, "rev-parse", "main"}).text.substr(0, 40);
  ASSERT_EQ(RunProgram({"git", "-C", tree, "commit", "--amend", "-qm", "other"}).status, 0);
  ASSERT_EQ(Push(tree, user, "+main").status, 0);
  ASSERT_EQ(RunProgram({"git", "init", "-q", (root_ / "empty").string()}).status, 0);
  const Output refused = RunProgram({"git", "-C", (root_ / "empty").string(), "-c",
                                     "protocol.version=0", "fetch", Url(user), lost});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.text, HasSubstr("unadvertised object"));
}

TEST_F(GitHttpTest, PushesMoreThanOneMebibyteChunked) {
  const Output pushed = Push(MakeTree("tree", 3 << 20), "x-token-auth:" + write_);
  EXPECT_EQ(pushed.status, 0) << pushed.text << Log();
  EXPECT_EQ(Refs(), "refs/heads/main\n");
}

TEST_F(GitHttpTest, AnAppPasswordReadsOrWritesAsItsPermissionsSay) {
  const std::string reader = "ana:" + Issue(CredentialKind::kAppPassword, {"repository"});
  const std::string writer = "ana:" + Issue(CredentialKind::kAppPassword, {"repository:write"});
  const std::string tree = MakeTree("tree");
  const Output refused = Push(tree, reader);
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.text, HasSubstr("repository:write; it has repository\nremote: Make one"));
  EXPECT_EQ(Push(tree, writer).status, 0);
  EXPECT_EQ(RunProgram({"git", "ls-remote", Url(reader)}).status, 0);
}

TEST_F(GitHttpTest, TheReadOnlyPushIsRefusedInWords) {
  const Output refused = Push(MakeTree("tree"), "x-token-auth:" + read_);
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.text, HasSubstr("remote: This API token needs"));
  EXPECT_THAT(refused.text,
              HasSubstr("write:repository:bitbucket; it has read:repository:bitbucket"));
  EXPECT_THAT(
      refused.text,
      HasSubstr("remote: Make one that does: "
                "https://git.example.com/settings/security/api-tokens/new?app=bitbucket&scopes="
                "read:repository:bitbucket,write:repository:bitbucket"));
  EXPECT_THAT(refused.text, HasSubstr("403"));
  EXPECT_EQ(Refs(), "");
  StopServer();
  EXPECT_THAT(Log(), HasSubstr("cause=missing-scope"));
}

TEST_F(GitHttpTest, TheRightFollowsThePathAndNotTheQuery) {
  const std::string answer = Ask(
      "POST /acme/app.git/git-receive-pack?service=git-upload-pack",
      Basic("ana:" + read_) + "Content-Type: application/x-git-receive-pack-request\r\n", "0000");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answer, HasSubstr("error=\"insufficient_scope\", scope=\"read:repository:bitbucket "
                                "write:repository:bitbucket\""));
}

TEST_F(GitHttpTest, AStrangerGetsTheSameAnswerForEveryRepository) {
  const auto body_of = [](const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n"));
  };
  const std::string query = "/info/refs?service=git-upload-pack";
  const std::string known = Ask("GET /acme/app.git" + query, "");
  EXPECT_THAT(known, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(known,
              HasSubstr("WWW-Authenticate: Bearer realm=\"Latchkey\"\r\n"
                        "WWW-Authenticate: Basic realm=\"Latchkey\", charset=\"UTF-8\"\r\n"));
  for (const char* path : {"/acme/none.git", "/other/app.git", "/ACME/APP.git"}) {
    EXPECT_EQ(body_of(Ask("GET " + std::string{path} + query, "")), body_of(known)) << path;
  }
}

TEST_F(GitHttpTest, WhatMayNotBeSeenAndWhatIsNotThereAreOne) {
  const std::string query = "/info/refs?service=git-upload-pack";
  const auto body_of = [](const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n"));
  };
  const std::string none = Ask("GET /acme/none.git" + query, Basic("ana:" + read_));
  EXPECT_THAT(none, StartsWith("HTTP/1.1 404 "));
  for (const char* path :
       {"/other/app.git", "/nobody/app.git", "/ACME/APP.git", "/acme/--upload-pack=x"}) {
    const std::string answer = Ask("GET " + std::string{path} + query, Basic("ana:" + read_));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 ")) << path;
    EXPECT_EQ(body_of(answer), body_of(none)) << path;
  }
  EXPECT_THAT(Ask("GET /acme/app.git/config", Basic("ana:" + read_)), StartsWith("HTTP/1.1 404 "));
}

TEST_F(GitHttpTest, ASymbolicLinkIsNoRepository) {
  fs::create_directory_symlink(root_ / "repositories/other/app.git",
                               root_ / "repositories/acme/link.git");
  directory_.Put(Repository{.workspace = "acme", .slug = "link", .created_at = {}});
  const std::string answer =
      Ask("GET /acme/link.git/info/refs?service=git-upload-pack", Basic("ana:" + read_));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer, Not(HasSubstr("link")));
}

TEST_F(GitHttpTest, RefusesRequestsOfTheWrongForm) {
  const std::string upload = "Content-Type: application/x-git-upload-pack-request\r\n";
  const std::vector<std::tuple<std::string, std::string, std::string, std::string>> cases{
      {"service twice",
       "GET /acme/app.git/info/refs?service=git-upload-pack&service=git-receive-pack", "", "400"},
      {"no service", "GET /acme/app.git/info/refs", "", "403"},
      {"unknown service", "GET /acme/app.git/info/refs?service=git-shell", "", "403"},
      {"method", "POST /acme/app.git/info/refs?service=git-upload-pack", upload, "405"},
      {"method", "GET /acme/app.git/git-upload-pack", "", "405"},
      {"media type", "POST /acme/app.git/git-upload-pack", "Content-Type: text/plain\r\n", "415"},
      {"media type", "POST /acme/app.git/git-upload-pack", "", "415"},
      {"coding", "POST /acme/app.git/git-upload-pack", upload + "Content-Encoding: br\r\n", "415"},
      {"gzip", "POST /acme/app.git/git-upload-pack", upload + "Content-Encoding: gzip\r\n", "400"},
      {"two", "GET /acme/app.git/info/refs?service=git-upload-pack", Basic("ana:" + read_), "400"},
  };
  for (const auto& [name, line, fields, status] : cases) {
    const bool post = line.starts_with("POST");
    EXPECT_THAT(Ask(line, Basic("ana:" + read_) + fields, post ? "0000" : ""),
                StartsWith("HTTP/1.1 " + status))
        << name;
  }
}

TEST_F(GitHttpTest, NothingInTheRepositorysConfigurationRuns) {
  const std::string user = "x-token-auth:" + write_;
  const std::string tree = MakeTree("tree");
  ASSERT_EQ(Push(tree, user).status, 0);
  const fs::path marker = root_ / "marker";
  const std::string script = (root_ / "script").string();
  std::ofstream{script} << "#!/bin/sh\ntouch " << marker.string() << "\nexec \"$@\"\n";
  fs::permissions(script, fs::perms::owner_all);
  for (const char* hook : {"pre-receive", "update", "post-receive", "post-update",
                           "reference-transaction", "proc-receive", "push-to-checkout"}) {
    fs::create_directories(root_ / "hooks");
    fs::create_directories(Bare() + "/hooks");
    fs::copy_file(script, root_ / "hooks" / hook);
    fs::copy_file(script, Bare() + "/hooks/" + hook);
  }
  std::ofstream{Bare() + "/config", std::ios::app}
      << "[core]\n\thooksPath = " << (root_ / "hooks").string() << "\n\tfsmonitor = " << script
      << "\n\talternateRefsCommand = " << script << "\n\tsshCommand = " << script
      << "\n[uploadpack]\n\tpackObjectsHook = " << script
      << "\n[receive]\n\tprocReceiveRefs = refs\n";
  std::ofstream{Bare() + "/objects/info/alternates"} << (root_ / "tree/.git/objects").string()
                                                     << "\n";
  ASSERT_EQ(RunProgram({"git", "-C", tree, "commit", "--allow-empty", "-qm", "two"}).status, 0);
  Push(tree, user);
  EXPECT_EQ(RunProgram({"git", "clone", "-q", Url(user), (root_ / "clone").string()}).status, 0);
  EXPECT_FALSE(fs::exists(marker));
  EXPECT_TRUE(fs::exists(root_ / "clone/file"));
}

TEST_F(GitHttpTest, OnlyBranchesTagsAndNotesAreAClients) {
  const std::string user = "x-token-auth:" + write_;
  const std::string tree = MakeTree("tree");
  ASSERT_EQ(Push(tree, user, "main:refs/tags/v1").status, 0);
  ASSERT_EQ(Push(tree, user, "main:refs/notes/n").status, 0);
  for (const char* ref : {"refs/pull/1/head", "refs/keep-around/x", "refs/replace/x", "refs/x"}) {
    const Output refused = Push(tree, user, "main:" + std::string{ref});
    EXPECT_NE(refused.status, 0) << ref;
    EXPECT_THAT(refused.text, HasSubstr("deny updating a hidden ref"));
  }
  EXPECT_EQ(Refs(), "refs/notes/n\nrefs/tags/v1\n");
  ASSERT_EQ(
      RunProgram({"git", "-C", Bare(), "update-ref", "refs/pull/1/head", "refs/tags/v1"}).status,
      0);
  EXPECT_THAT(RunProgram({"git", "ls-remote", Url(user)}).text, Not(HasSubstr("pull")));
}

TEST_F(GitHttpTest, ARevokedCredentialsPushDoesNotLand) {
  const std::string tree = MakeTree("tree");
  const std::string id = RunProgram({"git", "-C", tree, "rev-parse", "main"}).text.substr(0, 40);
  const Output pack = RunProgram(
      {"sh", "-c", "cd " + tree + " && echo main | git pack-objects --revs --stdout -q"});
  const std::string line = std::string(40, '0') + " " + id + " refs/heads/main";
  const std::string body = FormatPkt({.kind = PktKind::kData,
                                      .payload = line + std::string(1, '\0') + "report-status"}) +
                           "0000" + pack.text;
  const std::string head =
      "POST /acme/app.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\n"
      "Connection: close\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\nContent-Type: application/x-git-receive-pack-request\r\n" +
      Basic("ana:" + write_) + "\r\n";
  const std::string_view most = std::string_view{body}.substr(0, body.size() - 1);
  {
    const RawClient client{server_->port()};
    client.Send(head + std::string{most});
    Revoke(write_);
    client.Send(body.substr(body.size() - 1));
    EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 401 "));
  }
  EXPECT_EQ(Refs(), "");
  write_ =
      Issue(CredentialKind::kApiToken, {"read:repository:bitbucket", "write:repository:bitbucket"});
  const RawClient client{server_->port()};
  client.Send(head.substr(0, head.find("Authorization")) + Basic("ana:" + write_) + "\r\n" + body);
  EXPECT_THAT(client.Receive(), HasSubstr("ok refs/heads/main"));
  EXPECT_EQ(Refs(), "refs/heads/main\n");
}

TEST_F(GitHttpTest, AClientThatGoesAwayTakesItsGitProcessWithIt) {
  const std::string head =
      "POST /acme/app.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "1000000\r\n"
      "Content-Type: application/x-git-receive-pack-request\r\n" +
      Basic("ana:" + write_) + "\r\n";
  {
    const RawClient client{server_->port()};
    client.Send(head + std::string(100'000, '0'));
    while (handler_->running() == 0) std::this_thread::yield();
  }
  while (handler_->running() != 0) std::this_thread::yield();
  // Every child has been reaped: the wait would find it otherwise.
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(GitHttpTest, AGzipRequestIsReadAndABombRefused) {
  ASSERT_EQ(Push(MakeTree("tree"), "x-token-auth:" + write_).status, 0);
  const std::string fields = Basic("ana:" + read_) +
                             "Content-Type: application/x-git-upload-pack-request\r\n"
                             "Content-Encoding: gzip\r\nGit-Protocol: version=2\r\n";
  const std::string compress = "printf '0014command=ls-refs\\n0000' | gzip -c";
  const std::string request = RunProgram({"sh", "-c", compress}).text;
  EXPECT_THAT(Ask("POST /acme/app.git/git-upload-pack", fields, request),
              HasSubstr(" refs/heads/main\n"));
  EXPECT_THAT(
      Ask("POST /acme/app.git/git-upload-pack", fields, request.substr(0, request.size() - 3)),
      StartsWith("HTTP/1.1 400 "));
  const std::string bomb =
      RunProgram({"sh", "-c", "head -c 2000000 /dev/zero | tr '\\0' '0' | gzip -c"}).text;
  EXPECT_THAT(Ask("POST /acme/app.git/git-upload-pack", fields, bomb), StartsWith("HTTP/1.1 413 "));
}

TEST_F(GitHttpTest, TooManyRefsAndBrokenPacketsAreRefused) {
  const std::string fields =
      Basic("ana:" + write_) + "Content-Type: application/x-git-receive-pack-request\r\n";
  std::string body;
  for (int i = 0; i < 101; ++i) body += FormatPkt({.kind = PktKind::kData, .payload = "x"});
  EXPECT_THAT(Ask("POST /acme/app.git/git-receive-pack", fields, body),
              StartsWith("HTTP/1.1 413 "));
  for (const char* broken : {"0003", "fff1", "FFFF", "zzzz"}) {
    EXPECT_THAT(Ask("POST /acme/app.git/git-receive-pack", fields, broken),
                StartsWith("HTTP/1.1 400 "));
  }
  EXPECT_EQ(handler_->running(), 0U);
}

}  // namespace
}  // namespace latchkey::git
