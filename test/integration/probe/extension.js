// Only VS Code can make an extension context; the tests borrow this one.
exports.activate = (context) => ({ secrets: context.secrets, globalState: context.globalState });
