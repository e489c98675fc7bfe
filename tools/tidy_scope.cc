// A plugin for clang-tidy 19: its checks look at the declarations of this tree alone.
//
// clang-tidy runs each check over everything that a file includes, then drops what it found in the
// headers of others. Those are nearly all of what it walks. Here the walk is told where to begin,
// as later versions of clang-tidy do by themselves. What is ours may still refer to anything: the
// types and bodies of others stay known.
//
// tools/lint_tidy.py builds and loads it. It is compiled without RTTI, as LLVM is.

#include <memory>
#include <string>
#include <vector>

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/FrontendPluginRegistry.h"

namespace {

class OwnDeclarations : public clang::ASTConsumer {
 public:
  // Called when the file is parsed, right before the checks are.
  void HandleTranslationUnit(clang::ASTContext& context) override {
    const clang::SourceManager& sources = context.getSourceManager();
    std::vector<clang::Decl*> own;
    for (clang::Decl* declaration : context.getTranslationUnitDecl()->decls()) {
      const clang::SourceLocation where = sources.getExpansionLoc(declaration->getLocation());
      if (where.isValid() && !sources.isInSystemHeader(where)) {
        own.push_back(declaration);
      }
    }
    context.setTraversalScope(own);
  }
};

class NarrowScope : public clang::PluginASTAction {
 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& /*compiler*/,
                                                        llvm::StringRef /*file*/) override {
    return std::make_unique<OwnDeclarations>();
  }
  bool ParseArgs(const clang::CompilerInstance& /*compiler*/,
                 const std::vector<std::string>& /*arguments*/) override {
    return true;
  }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<NarrowScope> kAdded("own-declarations",
                                                             "walk our declarations alone");

}  // namespace
