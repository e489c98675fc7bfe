#include <unistd.h>

#include "admin/methods.h"
#include "admin/render.h"
#include "admin/version.h"
#include "base/instant.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;

Result<Json> ListCatalogues(const Parts& parts, Params& params) {
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  Json values = Json::array();
  for (const std::string& app : parts.catalogues.apps()) {
    const Catalogue* catalogue = parts.catalogues.Find(app);
    if (catalogue == nullptr) continue;
    values.push_back(Json{{"app", catalogue->app()},
                          {"title", catalogue->title()},
                          {"scopes", catalogue->scopes().size()},
                          {"permissions", catalogue->permissions().size()}});
  }
  return Json{{"values", std::move(values)}, {"next", nullptr}};
}

Result<Json> ShowCatalogue(const Parts& parts, Params& params) {
  const std::string app = params.Text("app");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<const Catalogue*> catalogue = parts.catalogues.Require(app);
  if (!catalogue) return std::unexpected(catalogue.error());
  return RenderCatalogue(**catalogue);
}

Result<Json> VerifyAudit(const Parts& parts, Params& params) {
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<AuditReport> report = parts.auditor.Verify();
  if (!report) return std::unexpected(report.error());
  return RenderAudit(*report);
}

Result<Json> ShowStatus(const Parts& parts, Params& params) {
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return Json{{"version", Version()},
              {"serving", parts.presentation.serving},
              {"pid", ::getpid()},
              {"public_url", parts.presentation.public_url},
              {"accounts", parts.directory.ListAccounts().size()},
              {"workspaces", parts.directory.ListWorkspaces().size()},
              {"repositories", parts.directory.ListRepositories().size()},
              {"credentials", parts.index.size()},
              {"refused_records", parts.projection.refused()},
              {"position", parts.ledger.last_seq()},
              {"healthy", parts.ledger.healthy()}};
}

Json RenderNode(const NodeView& node, const ClusterMember& member, std::uint64_t head) {
  const bool own = node.row.who.id == member.self().id;
  const bool silent = !own && node.silence() > member.bound();
  return Json{{"id", node.row.who.id},
              {"name", node.row.who.name},
              {"url", node.row.who.url},
              {"release", node.row.who.release},
              {"started_at", FormatInstant(node.row.who.started_at)},
              {"position", node.row.position},
              {"behind", head > node.row.position ? head - node.row.position : 0},
              {"silent_ms", own ? 0 : node.silence().count()},
              {"own", own},
              {"state", silent ? "fenced" : "live"}};
}

/// `nodes` is empty on a node alone.
Result<Json> ShowCluster(const Parts& parts, Params& params) {
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const std::uint64_t head = parts.ledger.last_seq();
  Json nodes = Json::array();
  Json answer{{"position", head}, {"healthy", parts.ledger.healthy()}};
  if (parts.node != nullptr) {
    for (const NodeView& node : parts.node->nodes()) {
      nodes.push_back(RenderNode(node, *parts.node, head));
    }
    answer["bound_ms"] = parts.node->bound().count();
  }
  answer["nodes"] = std::move(nodes);
  return answer;
}

}  // namespace

void AddSystemMethods(const Parts& parts, MethodTable& table) {
  table["catalogue.list"] = [&parts](Params& params, const Caller&) {
    return ListCatalogues(parts, params);
  };
  table["catalogue.show"] = [&parts](Params& params, const Caller&) {
    return ShowCatalogue(parts, params);
  };
  table["audit.verify"] = [&parts](Params& params, const Caller&) {
    return VerifyAudit(parts, params);
  };
  table["cluster.status"] = [&parts](Params& params, const Caller&) {
    return ShowCluster(parts, params);
  };
  table["status"] = [&parts](Params& params, const Caller&) { return ShowStatus(parts, params); };
}

}  // namespace latchkey::admin
