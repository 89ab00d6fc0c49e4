// Only VS Code can make an extension context; the tests borrow this one.
exports.activate = ({ secrets, globalState, globalStorageUri }) => ({ secrets, globalState, globalStorageUri });
